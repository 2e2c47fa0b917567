// swift-tools-version: 6.2

import PackageDescription

/// Every Swift target of ours: complete concurrency checking, warnings are errors, imports say who sees them.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableExperimentalFeature("Lifetimes"),
]

/// The two modules that read a stranger's bytes: each unsafe use is spelled out.
let memorySafe: [SwiftSetting] = strict + [.strictMemorySafety()]

/// The kernels are always optimised: a debug test run would take minutes with them at -O0.
/// Floating-point contraction is off so that every instruction set multiplies and adds in the same order.
let kernels: [CSetting] = [
    .unsafeFlags(["-O3", "-ffp-contract=off", "-fno-math-errno", "-Wall", "-Wextra", "-Werror"])
]

/// Unrolled loops take minutes to compile with a sanitizer; the tests of the kernels bound each buffer by guard pages
/// instead, and kernels share nothing but what Swift hands them.
let unchecked: [CSetting] = [.unsafeFlags(["-fno-sanitize=address,thread"])]

/// A smaller server: equal functions are kept once, and nothing is exported, since nobody links against it.
let small: [LinkerSetting] = [
    .unsafeFlags(
        ["-use-ld=lld", "-Xlinker", "-O2", "-Xlinker", "--icf=all", "-Xlinker", "--no-export-dynamic"],
        .when(configuration: .release)
    )
]

/// What runs once, or once a model: small goes before fast.
let compact: [SwiftSetting] = strict + [.unsafeFlags(["-Osize"], .when(configuration: .release))]

let package = Package(
    name: "convserve",
    products: [
        .executable(name: "convserve", targets: ["convserve"]),
        .executable(name: "convbench", targets: ["convbench"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0", traits: []),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
    ],
    targets: [
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CLinux"),
        .systemLibrary(name: "COpenSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev"])]),
        .target(name: "CVectorKernels", cSettings: kernels + unchecked),
        .target(name: "ConvolutionEngine", dependencies: ["CVectorKernels"], swiftSettings: strict),
        .target(name: "CTextKernels", cSettings: kernels),
        .target(
            name: "TensorCoding",
            dependencies: ["CTextKernels", "ConvolutionEngine"],
            swiftSettings: memorySafe
        ),
        .target(
            name: "ModelStore",
            dependencies: ["CLinux", "COpenSSL", "ConvolutionEngine", "TensorCoding"],
            swiftSettings: compact
        ),
        .target(
            name: "HTTPWire",
            dependencies: [.product(name: "HTTPTypes", package: "swift-http-types")],
            swiftSettings: memorySafe
        ),
        .target(name: "CDocuments", cSettings: [.unsafeFlags(["-Wno-c23-extensions"])]),
        .target(name: "Compression", dependencies: ["CZlib"], swiftSettings: strict),
        .target(
            name: "HTTPServer",
            dependencies: [
                "CLinux", "COpenSSL", "HTTPWire",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict
        ),
        .target(
            name: "ConvolutionService",
            dependencies: [
                "CDocuments", "Compression", "ConvolutionEngine", "HTTPServer", "HTTPWire", "ModelStore",
                "TensorCoding",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "CoreMetrics", package: "swift-metrics"),
            ],
            swiftSettings: strict
        ),
        .target(
            name: "ONNXImport",
            dependencies: ["ConvolutionEngine", "TensorCoding"],
            swiftSettings: compact
        ),
        .executableTarget(
            name: "convserve",
            dependencies: [
                "CLinux", "COpenSSL", "ConvolutionEngine", "ConvolutionService", "HTTPServer", "HTTPWire", "ModelStore",
                "ONNXImport",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: compact,
            linkerSettings: small
        ),
        .executableTarget(
            name: "convbench",
            dependencies: [
                "CLinux", "CTextKernels", "ConvolutionEngine", "TensorCoding",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict
        ),
        .target(
            name: "TestSupport",
            dependencies: ["COpenSSL", "HTTPServer"],
            path: "Tests/TestSupport",
            swiftSettings: strict
        ),
        .target(name: "ONNXWriting", path: "Tests/ONNXWriting", swiftSettings: strict),
        .target(
            name: "InputProbes",
            dependencies: [
                "Compression", "ConvolutionEngine", "HTTPWire", "ONNXImport", "TensorCoding",
                .product(name: "HTTPTypes", package: "swift-http-types"),
            ],
            path: "Tests/InputProbes",
            swiftSettings: strict
        ),
        .testTarget(
            name: "InputProbeTests",
            dependencies: ["InputProbes"],
            exclude: ["Cases", "README.md"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "ConvolutionEngineTests",
            dependencies: ["ConvolutionEngine", "CVectorKernels", "TestSupport"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "TensorCodingTests",
            dependencies: ["TensorCoding", "CTextKernels", "ConvolutionEngine", "TestSupport"],
            exclude: ["Cases"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "ModelStoreTests",
            dependencies: ["ModelStore", "ConvolutionEngine", "TensorCoding", "TestSupport"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "HTTPWireTests",
            dependencies: [
                "HTTPWire", "TestSupport", .product(name: "HTTPTypes", package: "swift-http-types"),
            ],
            exclude: ["Cases"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "CompressionTests",
            dependencies: ["Compression", "TestSupport"],
            exclude: ["Cases"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "HTTPServerTests",
            dependencies: [
                "HTTPServer", "HTTPWire", "TestSupport",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
            ],
            exclude: ["Certificates"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "ONNXImportTests",
            dependencies: ["ONNXImport", "ConvolutionEngine", "TensorCoding", "ONNXWriting", "TestSupport"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "CommandLineTests",
            dependencies: [
                "convserve", "ConvolutionEngine", "ConvolutionService", "HTTPServer", "HTTPWire", "ModelStore",
                "ONNXImport", "ONNXWriting", "TestSupport",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "ConvolutionServiceTests",
            dependencies: [
                "ConvolutionService", "ConvolutionEngine", "TensorCoding", "HTTPServer", "HTTPWire", "Compression",
                "ModelStore", "TestSupport",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict
        ),
    ]
)

// libFuzzer brings a `main` of its own, which only `make fuzz` links.
if Context.environment["CONVSERVE_FUZZ"] != nil {
    package.targets.append(
        .executableTarget(
            name: "convfuzz",
            dependencies: ["InputProbes"],
            path: "Tests/convfuzz",
            swiftSettings: strict + [.unsafeFlags(["-parse-as-library"])],
            linkerSettings: [.unsafeFlags(["-use-ld=lld"])]
        )
    )
}
