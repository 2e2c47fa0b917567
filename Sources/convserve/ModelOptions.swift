import ArgumentParser
import ConvolutionEngine
import ConvolutionService
import Logging
import ModelStore

/// The options of `serve` that concern models.
struct ModelOptions: ParsableArguments {
    private static let modelsSetting = Setting(
        "CONVSERVE_MODELS",
        standard: FilePath(""),
        valueName: "path",
        "The folder that keeps models; what is put there by hand is served too. Without it they live in memory alone."
    )
    private static let memorySetting = Setting(
        "CONVSERVE_MODELS_MEMORY",
        standard: ByteCount(ModelStore.Limits().bytes),
        valueName: "bytes",
        "Weights of all models together; past it those used least lately leave memory if they are in the folder, or 507; units KiB, MiB, GiB."
    )

    @Option(help: modelsSetting.help) var models: FilePath?
    @Option(help: memorySetting.help) var modelsMemory: ByteCount?

    /// The store with all models of the folder; one that cannot be used is logged, and listed with the reason.
    func store(engine: Engine, plan: PlanLimits, _ logger: Logger) throws -> ModelStore {
        var limits = ModelStore.Limits()
        limits.bytes = try Self.memorySetting.value(modelsMemory).number
        limits.plan = plan
        let path = try Self.modelsSetting.value(models).typed
        do throws(ModelError) {
            let store = ModelStore(
                engine: engine,
                limits: limits,
                folder: path.isEmpty ? nil : try ModelFolder(path: path),
                listener: { log($0, $1, $2, logger) }
            )
            try store.open()
            return store
        } catch {
            complain("--models \(path): \(error.sentence)")
            throw ExitCode.failure
        }
    }
}

private func log(_ name: ModelName, _ summary: ModelSummary?, _ error: ModelError?, _ logger: Logger) {
    switch (summary, error) {
    case (let summary?, _):
        logger.notice(
            "model read",
            metadata: ["model": "\(name)", "etag": "\(summary.tag)", "parameters": "\(summary.parameters)"]
        )
    case (nil, let error?):
        logger.error("model cannot be used", metadata: ["model": "\(name)", "reason": "\(error.sentence)"])
    case (nil, nil):
        logger.notice("model has gone", metadata: ["model": "\(name)"])
    }
}
