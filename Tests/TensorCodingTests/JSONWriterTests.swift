import ConvolutionEngine
import TensorCoding
import Testing

@Suite struct JSONWriterTests {
    private func written(_ write: (inout JSONWriter) -> Void) -> String {
        var json = JSONWriter()
        write(&json)
        return String(decoding: json.bytes, as: UTF8.self)
    }

    private func tensor(_ extents: [Int]) throws -> Tensor {
        let shape = try #require(Shape(checking: extents))
        return try #require(Tensor(shape: shape, elements: (0..<shape.elementCount).map(Float.init)))
    }

    @Test func theAnswerOfTheFirstExampleHasNoSuperfluousCharacter() throws {
        let shape = try #require(Shape(checking: [2, 2]))
        let output = try #require(Tensor(shape: shape, elements: [25, 31, 43, 49]))
        let text = written { json in
            json.beginObject()
            json.key("output")
            json.tensor(output, encoding: .nested)
            json.key("shape")
            json.shape(output.shape)
            json.endObject()
        }
        #expect(text == "{\"output\":[[25,31],[43,49]],\"shape\":[2,2]}")
    }

    @Test func valuesOfEveryKindHaveTheirCommas() {
        let text = written { json in
            json.beginObject()
            json.key("a")
            json.beginArray()
            json.endArray()
            json.key("b")
            json.beginArray()
            json.integer(-1)
            json.bool(true)
            json.bool(false)
            json.null()
            json.string("x")
            json.number(0.5 as Float)
            json.beginObject()
            json.endObject()
            json.endArray()
            json.endObject()
        }
        #expect(text == "{\"a\":[],\"b\":[-1,true,false,null,\"x\",0.5,{}]}")
    }

    @Test func stringsAreEscapedWhereTheyMustBe() {
        let text = written { json in json.string("\"\\/\n\r\t\u{0}\u{1F}\u{7F}é😀") }
        #expect(text == "\"\\\"\\\\/\\n\\r\\t\\u0000\\u001f\u{7F}é😀\"")
    }

    @Test(arguments: [
        ([], "0"), ([3], "[0,1,2]"), ([1, 3], "[[0,1,2]]"), ([3, 1], "[[0],[1],[2]]"),
        ([2, 1, 2], "[[[0,1]],[[2,3]]]"),
        ([0], "[]"), ([0, 3], "[]"), ([2, 0], "[[],[]]"),
    ])
    func nestingFollowsTheShape(extents: [Int], text: String) throws {
        let tensor = try tensor(extents)
        #expect(written { json in json.tensor(tensor, encoding: .nested) } == text)
    }

    @Test func flatTensorsBearTheirShape() throws {
        let tensor = try tensor([2, 2])
        #expect(written { json in json.tensor(tensor, encoding: .flat) } == "{\"shape\":[2,2],\"data\":[0,1,2,3]}")
    }

    @Test func base64TensorsBearTheirShapeAndType() throws {
        let tensor = try tensor([2])
        let text = written { json in json.tensor(tensor, encoding: .base64) }
        #expect(text == "{\"shape\":[2],\"dtype\":\"float32\",\"data_base64\":\"AAAAAAAAgD8=\"}")
    }

    @Test func indicesAreWrittenExactly() throws {
        let shape = try #require(Shape(checking: [1, 2]))
        let indices = try #require(IndexTensor(shape: shape, values: [9_007_199_254_740_993, -1]))
        #expect(written { json in json.tensor(indices, encoding: .nested) } == "[[9007199254740993,-1]]")
        #expect(
            written { json in json.tensor(indices, encoding: .flat) }
                == "{\"shape\":[1,2],\"data\":[9007199254740993,-1]}"
        )
        #expect(
            written { json in json.tensor(indices, encoding: .base64) }
                == "{\"shape\":[1,2],\"dtype\":\"int64\",\"data_base64\":\"AQAAAAAAIAD//////////w==\"}"
        )
    }

    @Test func aTensorLargerThanTheBlockIsWrittenWhole() throws {
        let tensor = try tensor([3, 7, 1001])
        for encoding in TensorEncoding.allCases {
            var json = JSONWriter()
            json.beginArray()
            json.tensor(tensor, encoding: encoding)
            json.integer(7)
            json.endArray()
            #expect(json.bytes.starts(with: Array("[".utf8)))
            #expect(json.bytes.suffix(3) == Array(",7]".utf8)[...])
            let read = try readTensor(Array(json.bytes.dropFirst().dropLast(3))).get()
            #expect(read.array == tensor.array)
            #expect(read.shape == tensor.shape)
        }
    }
}
