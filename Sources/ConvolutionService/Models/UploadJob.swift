import ConvolutionEngine
import HTTPServer
import HTTPTypes
import ModelStore

/// `PUT /v1/models/{name}`: the model is read, checked and packed away from the event loop.
struct UploadJob: Job {
    private let source: ModelSource
    private let name: ModelName
    private let precondition: ModelStore.Precondition

    init(
        decoding sent: [UInt8],
        _ context: borrowing RequestContext,
        _ watch: inout Stopwatch
    ) throws(Problem) {
        guard case .model(.one(let name)) = context.route else { throw Problem(.notFound, "There is no model here.") }
        self.name = try ModelName(checking: name)
        precondition = try EntityTags.precondition(context.head)
        source = try ModelUpload.source(try context.decompress(sent), head: context.head)
    }

    var isSmall: Bool { false }

    /// Reading and packing at some hundred megabytes a second.
    var nanoseconds: Int { 10 * (source.json.count + (source.weights?.count ?? 0)) }

    func answer(
        _ context: borrowing RequestContext,
        after waited: Int64,
        _ pending: Pending?,
        _ watch: Stopwatch,
        _ memory: inout AnswerMemory
    ) -> Answer {
        do throws(ModelError) {
            let (status, isNew) = try context.service.models.put(name, source, if: precondition)
            let fields = status.summary.map { [EntityTags.field($0.tag)] } ?? []
            return context.answer(status, isNew ? .created : .ok, fields: fields)
        } catch {
            return context.answer(Problem(error))
        }
    }
}
