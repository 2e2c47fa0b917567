import ConvolutionEngine
import Foundation
import TestSupport
import Testing

@testable import TensorCoding

/// Files of tensors against NumPy's and safetensors' own (`Cases/make_files.py`).
@Suite struct FileTests {
    struct Row: CustomTestStringConvertible, Sendable {
        let isRead: Bool
        let name: String
        let isNpy: Bool
        let file: [UInt8]
        let shape: [Int]
        let patterns: [UInt32]

        var testDescription: String { "\(isNpy ? "npy" : "safetensors") \(name)" }
    }

    private static func rows() -> [Row] {
        caseTable("files.tsv").map { cells in
            Row(
                isRead: cells[0] == "read",
                name: cells[1],
                isNpy: cells[2] == "npy",
                file: Data(base64Encoded: cells[3]).map(Array.init) ?? [],
                shape: cells[4].split(separator: " ").compactMap { Int($0) },
                patterns: cells[5].split(separator: " ").compactMap { UInt32($0, radix: 16) }
            )
        }
    }

    private func npy(_ file: [UInt8]) -> Result<Tensor, CodingError> {
        outcome { () throws(CodingError) in try NpyFile.tensor(file.span.bytes) }
    }

    private func safetensors(_ file: [UInt8]) -> Result<NamedTensors, CodingError> {
        outcome { () throws(CodingError) in try SafetensorsFile.read(file.span.bytes).tensors }
    }

    @Test func everyTypeOrderAndVersionIsRead() throws {
        let rows = Self.rows().filter(\.isRead)
        #expect(rows.count > 40)
        for row in rows {
            let tensor: Tensor
            if row.isNpy {
                tensor = try npy(row.file).get()
            } else {
                guard case .tensor(let found)? = try safetensors(row.file).get()["input"] else {
                    Issue.record("no input in \(row.name)")
                    continue
                }
                tensor = found
            }
            #expect(Array(tensor.shape) == row.shape, "\(row.name)")
            for (value, bits) in zip(tensor.array, row.patterns) {
                #expect(value.bitPattern == bits || (value.isNaN && Float(bitPattern: bits).isNaN), "\(row.name)")
            }
        }
    }

    @Test func whatIsWrittenIsWhatTheLibrariesWriteToTheOctet() throws {
        let rows = Self.rows().filter { row in !row.isRead }
        #expect(rows.count >= 10)
        for row in rows {
            let shape = try #require(Shape(checking: row.shape))
            let tensor = try #require(Tensor(shape: shape, elements: row.patterns.map(Float.init(bitPattern:))))
            let body: PiecewiseBody
            if row.isNpy {
                body = NpyFile.body(tensor)
            } else {
                let values = (0..<Int64(shape.elementCount)).map { $0 }
                let indices = try #require(IndexTensor(shape: shape, values: values))
                body = SafetensorsFile.body([
                    ("output", .tensor(tensor)), ("indices", .indices(indices)), ("a\"b", .tensor(tensor)),
                ])
            }
            #expect(body.count == row.file.count)
            #expect(body.whole == row.file, "\(row.name), npy: \(row.isNpy)")
        }
    }

    @Test func aFileCutOffAnywhereIsMalformed() throws {
        let rows = Self.rows()
        for row in [try #require(rows.first { $0.isNpy }), try #require(rows.first { !$0.isNpy })] {
            for count in 0..<row.file.count {
                let file = Array(row.file.prefix(count))
                let error = row.isNpy ? npy(file).error : safetensors(file).error
                #expect(error?.kind == .malformed, "\(count) of \(row.file.count) octets")
            }
            #expect((row.isNpy ? npy(row.file + [0]).error : safetensors(row.file + [0]).error)?.kind == .malformed)
        }
    }

    @Test(
        arguments: [
            // Lies about what there is.
            ("{'descr': '<f4', 'fortran_order': False, 'shape': (4611686018427387904,), }", "cutOff"),
            ("{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 4294967296), }", "shapeOverflow"),
            ("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,), }", "header"),
            ("{'descr': '<f4', 'fortran_order': False, 'shape': (0, 4294967296, 4294967296), }", "shapeOverflow"),
            ("{'descr': '<f4', 'fortran_order': False, 'shape': (1000000,), }", "cutOff"),
            ("{'descr': '<f4', 'fortran_order': False, 'shape': (1,1,1,1,1,1,1,1,1), }", "tooManyAxes"),
            // What is no such dictionary.
            ("{'descr': '<f4', 'fortran_order': False, 'shape': (-1,), }", "header"),
            ("{'descr': '<f4', 'fortran_order': False, 'shape': (1), }", "header"),
            ("{'descr': '<f4', 'fortran_order': 0, 'shape': (1,), }", "header"),
            ("{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (1,), }", "duplicate"),
            ("{'descr': '<f4', 'shape': (1,), }", "header"),
            ("{'descr': '<f4', 'fortran_order': False, 'shape': (1,), 'more': 1}", "header"),
            ("{'descr': '<f4', 'fortran_order': False, 'shape': (1,), } x", "header"),
            ("", "header"), ("{", "header"), ("{'descr", "header"),
            // Types that are none of ours.
            ("{'descr': '<c8', 'fortran_order': False, 'shape': (1,), }", "fileType"),
            ("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }", "fileType"),
            ("{'descr': '|f4', 'fortran_order': False, 'shape': (1,), }", "fileType"),
            ("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }", "header"),
        ]
    )
    func aLyingNpyHeaderIsRefused(header: String, reason: String) {
        let count = header.utf8.count
        let start: [UInt8] = [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(count & 255), UInt8(count >> 8)]
        let error = npy(start + Array(header.utf8) + [0, 0, 128, 63]).error
        #expect("\(error.map { "\($0.reason)" } ?? "none")".contains(reason), "\(String(describing: error?.reason))")
    }

    @Test(
        arguments: [
            (
                #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[2,6]}}"#,
                "notAdjacent"
            ),
            (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#, "notAdjacent"),
            (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#, "surplus"),
            (#"{"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}}"#, "offsets"),
            (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}"#, "offsets"),
            (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}"#, "byteCount"),
            (#"{"a":{"dtype":"F32","shape":[9223372036854775807],"data_offsets":[0,8]}}"#, "byteCount"),
            (#"{"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,8]}}"#, "shapeOverflow"),
            (#"{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,8]}}"#, "belowMinimum"),
            (#"{"a":{"dtype":"C64","shape":[1],"data_offsets":[0,8]}}"#, "fileType"),
            (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"a":{}}"#, "duplicate"),
            (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8],"x":1}}"#, "unknownParameter"),
            (#"{"a":{"dtype":"F32","shape":[2]}}"#, "missing"),
            (#"{"a":[]}"#, "type"), (#"{"a" 1}"#, "header"), (#"[]"#, "header"), ("{\"\u{1}\":1}", "header"),
            (#"{"__metadata__":{"parameters":1},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#, "type"),
        ]
    )
    func aLyingSafetensorsHeaderIsRefused(header: String, reason: String) {
        let count = (0..<8).map { UInt8(truncatingIfNeeded: header.utf8.count >> (8 * $0)) }
        let error = safetensors(count + Array(header.utf8) + [UInt8](repeating: 0, count: 8)).error
        #expect("\(error.map { "\($0.reason)" } ?? "none")".contains(reason), "\(String(describing: error?.reason))")
    }

    @Test func aHeaderThatIsNotUTF8OrEndlessIsRefused() {
        let broken = Array(#"{"a"#.utf8) + [0xFF] + Array(#"":{}}"#.utf8)
        let count = (0..<8).map { UInt8(truncatingIfNeeded: broken.count >> (8 * $0)) }
        #expect(safetensors(count + broken).error?.kind == .malformed)
        #expect(safetensors([255, 255, 255, 255, 255, 255, 255, 255, 123]).error?.kind == .malformed)
        #expect(npy([0x93] + Array("NUMPY".utf8) + [2, 0, 255, 255, 255, 255]).error?.kind == .malformed)
        #expect(npy([0x93] + Array("NUMPY".utf8) + [4, 0, 0, 0]).error?.kind == .malformed)
    }

    @Test(
        arguments: [
            (nil, "{}"), ("stride=2&padding=same", #"{"stride":2,"padding":"same"}"#),
            ("padding=%5B%5B1%2C2%5D%2C%5B0,1%5D%5D", #"{"padding":[[1,2],[0,1]]}"#),
            ("kernel=sobel_x&ceil_mode=true&a", #"{"kernel":"sobel_x","ceil_mode":true,"a":""}"#),
            ("a=%22b%22&c=1+2&d=%zz", #"{"a":"b","c":"1 2","d":"%zz"}"#),
        ] as [(String?, String)]
    )
    func theQueryBecomesAnObject(query: String?, json: String) {
        #expect(String(decoding: QueryParameters.json(query: query), as: UTF8.self) == json)
    }
}
