import ConvolutionEngine
import TensorCoding
import Testing

@Suite struct BinaryTensorTests {
    private func tensor(_ dtype: String, _ base64: String, count: Int) -> Result<Tensor, CodingError> {
        readTensor("{\"shape\":[\(count)],\"dtype\":\"\(dtype)\",\"data_base64\":\"\(base64)\"}")
    }

    // The texts are base64 of what numpy's tobytes() gives for these values, little-endian.
    @Test(
        arguments: [
            ("float16", "ADwAwAB7AQAAfA==", [1, -2, 57344, 5.960464477539063e-8, .infinity]),
            ("bfloat16", "gD8AwEl/", [1, -2, 0x1.92p127]),
            ("float32", "AACAPwAAAMDNzMw9AACAfw==", [1, -2, 0.1, .infinity]),
            ("float64", "AAAAAAAA8D+amZmZmZm5PwAAAAAAAPB/", [1, 0.1, .infinity]),
            ("int8", "AYB//w==", [1, -128, 127, -1]),
            ("uint8", "AYD/", [1, 128, 255]),
            ("int16", "AQAAgP//", [1, -32768, -1]),
            ("int32", "AQAAAAAAAIABAAAB", [1, -2_147_483_648, 16_777_216]),
            ("int64", "AQAAAAAAAAAAAAAAAAAAgA==", [1, -9_223_372_036_854_775_808]),
            ("bool", "AQAB", [1, 0, 1]),
        ] as [(String, String, [Float])]
    )
    func everyElementTypeBecomesTheNearestFloat32(dtype: String, base64: String, values: [Float]) throws {
        #expect(try tensor(dtype, base64, count: values.count).get().array == values)
    }

    @Test func slashesMayBeEscaped() throws {
        let text = "{\"shape\":[1],\"dtype\":\"float32\",\"data_base64\":\"AACAf\\u0077=\\u003d\"}"
        #expect(try readTensor(text).get().array == [.infinity])
        #expect(try tensor("uint8", "\\/\\/8=", count: 2).get().array == [255, 255])
    }

    @Test(
        arguments: [
            ("float32", "AACAPw=", 1, .base64(.length(7))),
            ("float32", "AACAPw", 1, .base64(.length(6))),
            ("float32", "AACA=w==", 1, .base64(.padding(index: 4))),
            ("float32", "AA=APw==", 1, .base64(.padding(index: 2))),
            ("float32", "AACAP===", 1, .base64(.padding(index: 5))),
            ("uint8", "====", 1, .base64(.padding(index: 0))),
            ("float32", "AACAPx==", 1, .base64(.trailingBits)),
            ("uint8", "AAB=", 2, .base64(.trailingBits)),
            ("float32", "AAC Pw==", 1, .base64(.character(0x20, index: 3))),
            ("float32", "AACAP-==", 1, .base64(.character(0x2D, index: 5))),
            ("float32", "AACAPw==", 2, .byteCount(found: 4, shape: [2], dtype: "float32", expected: 8)),
            ("float64", "AACAPw==", 1, .byteCount(found: 4, shape: [1], dtype: "float64", expected: 8)),
            ("float32", "", 1, .byteCount(found: 0, shape: [1], dtype: "float32", expected: 4)),
            ("bool", "AQI=", 2, .notBool(byte: 2, index: 1)),
            ("float64", "AAAAAAAA8D////////9/", 2, .byteCount(found: 15, shape: [2], dtype: "float64", expected: 16)),
            (
                "float64", "////////738=", 1,
                .elementNotRepresentable(index: 0, value: "1.7976931348623157e+308", type: "float32")
            ),
        ] as [(String, String, Int, CodingError.Reason)]
    )
    func aFaultyTextIsRefused(dtype: String, base64: String, count: Int, reason: CodingError.Reason) {
        let error = tensor(dtype, base64, count: count).error
        #expect(error?.reason == reason)
        if case .byteCount = reason {
            #expect(error?.pointer == "", "shape or text may be the wrong one")
        } else {
            #expect(error?.pointer == "/data_base64")
        }
        #expect(error?.kind == .invalid)
    }

    @Test func theElementTypeIsFloat32WhereNoneIsNamed() throws {
        #expect(try readTensor("{\"shape\":[1],\"data_base64\":\"AACAPw==\"}").get().array == [1])
    }

    @Test func anUnknownElementTypeIsRefusedWithTheNearest() throws {
        let error = try #require(tensor("float23", "AACAPw==", count: 1).error)
        guard case .choice(let found, _, let nearest) = error.reason else {
            Issue.record("\(error.reason)")
            return
        }
        #expect(error.pointer == "/dtype")
        #expect(found == "float23")
        #expect(nearest == "float32")
    }

    @Test func whatIsWrittenAsBase64IsReadBackBitForBit() throws {
        for count in [0, 1, 2, 3, 4, 5, 767, 768, 769, 3000] {
            let values = (0..<count).map { index in Float(bitPattern: UInt32(index) &* 2_654_435_761 & 0x7F7F_FFFF) }
            let shape = try #require(Shape(checking: [count, 1]))
            let tensor = try #require(Tensor(shape: shape, elements: values))
            var json = JSONWriter()
            json.tensor(tensor, encoding: .base64)
            let read = try readTensor(json.bytes).get()
            #expect(read.array == values)
            #expect(read.shape == shape)
        }
    }
}
