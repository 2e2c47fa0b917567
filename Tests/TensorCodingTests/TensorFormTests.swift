import ConvolutionEngine
import TensorCoding
import Testing

@Suite struct TensorFormTests {
    @Test(arguments: [
        ("[1,2,3]", [3]), ("[[1,2,3],[4,5,6]]", [2, 3]), ("[[[[[[[[7]]]]]]]]", [1, 1, 1, 1, 1, 1, 1, 1]),
        ("[]", [0]), ("[[],[],[]]", [3, 0]), ("{\"shape\":[2,2],\"data\":[1,2,3,4]}", [2, 2]),
        ("{\"data\":[],\"shape\":[0,3]}", [0, 3]),
        ("{\"data_base64\":\"AACAPw==\",\"dtype\":\"float32\",\"shape\":[1,1]}", [1, 1]),
    ])
    func theShapeIsWhatTheTextSays(text: String, shape: [Int]) throws {
        let tensor = try readTensor(text).get()
        #expect(Array(tensor.shape) == shape)
    }

    @Test func elementsAreInRowMajorOrder() throws {
        #expect(try readTensor("[[[1,2],[3,4]],[[5,6],[7,8]]]").get().array == [1, 2, 3, 4, 5, 6, 7, 8])
        #expect(try readTensor("{\"data\":[1,2,3],\"shape\":[3]}").get().array == [1, 2, 3])
    }

    @Test func rowsOfAnyLengthAreReadWhole() throws {
        for length in [1, 2, 7, 15, 16, 17, 63, 64, 65, 1023, 1024, 1025, 5000] {
            let row = "[" + (0..<length).map(String.init).joined(separator: ", ") + "]"
            let tensor = try readTensor("[\(row),\n\(row)]").get()
            #expect(Array(tensor.shape) == [2, length])
            #expect(tensor.array == Array(repeating: (0..<length).map(Float.init), count: 2).flatMap { $0 })
        }
    }

    @Test(
        arguments: [
            ("[[1,2,3],[4,5]]", "/1", .ragged(axis: 1, found: 2, expected: 3)),
            ("[[1],[2],[3,4]]", "/2", .ragged(axis: 1, found: 2, expected: 1)),
            ("[[[1],[2]],[[3]]]", "/1", .ragged(axis: 1, found: 1, expected: 2)),
            ("[[[1,2]],[[3]]]", "/1/0", .ragged(axis: 2, found: 1, expected: 2)),
            ("[[],[1]]", "/1", .ragged(axis: 1, found: 1, expected: 0)),
            ("[[1],[]]", "/1", .ragged(axis: 1, found: 0, expected: 1)),
            ("[1,[2]]", "/1", .mixed(found: .array, expected: .number)),
            ("[[1],2]", "/1", .mixed(found: .number, expected: .array)),
            ("[[1,2],[3,[4]]]", "/1/1", .mixed(found: .array, expected: .number)),
            ("[[[1]],[2]]", "/1/0", .mixed(found: .number, expected: .array)),
            ("[[1],[[2]]]", "/1/0", .mixed(found: .array, expected: .number)),
            ("[[1],\"NaN\"]", "/1", .mixed(found: .string, expected: .array)),
            ("[[],[[1]]]", "/1/0", .mixed(found: .array, expected: .number)),
            ("[1,null]", "/1", .type(found: .null, expected: "a number")),
            ("[1,{}]", "/1", .type(found: .object, expected: "a number")),
            ("[[1,2],[3,true]]", "/1/1", .type(found: .bool, expected: "a number")),
            (
                "[1,\"nan\"]", "/1",
                .choice(found: "nan", allowed: ["NaN", "Infinity", "-Infinity"], nearest: nil)
            ),
            ("[1,1e39]", "/1", .notRepresentable(number: "1e39", type: "float32")),
            ("[[[[[[[[[1]]]]]]]]]", "/0/0/0/0/0/0/0/0", .tooManyAxes(limit: 8)),
            ("7", "", .type(found: .number, expected: "a tensor (nested arrays, or an object with \"shape\")")),
        ] as [(String, String, CodingError.Reason)]
    )
    func aNestedTensorThatIsNoneNamesThePlace(text: String, pointer: String, reason: CodingError.Reason) {
        let error = readTensor(text).error
        #expect(error?.pointer == pointer)
        #expect(error?.reason == reason)
    }

    @Test(
        arguments: [
            ("{\"shape\":[2,2],\"data\":[1,2,3]}", "", .elementCount(found: 3, shape: [2, 2])),
            ("{\"shape\":[2],\"data\":[1,2,3]}", "", .elementCount(found: 3, shape: [2])),
            ("{\"shape\":[],\"data\":[1]}", "/shape", .noAxes),
            ("{\"shape\":[-1],\"data\":[1]}", "/shape/0", .belowMinimum(number: "-1", minimum: 0)),
            ("{\"shape\":[1.5],\"data\":[1]}", "/shape/0", .notInteger(number: "1.5")),
            ("{\"shape\":[1e30],\"data\":[1]}", "/shape/0", .notRepresentable(number: "1e30", type: "int64")),
            ("{\"shape\":[\"1\"],\"data\":[1]}", "/shape/0", .type(found: .string, expected: "an integer")),
            ("{\"shape\":3,\"data\":[1]}", "/shape", .type(found: .number, expected: "a list of extents")),
            ("{\"shape\":[1,1,1,1,1,1,1,1,1],\"data\":[1]}", "/shape", .tooManyAxes(limit: 8)),
            (
                "{\"shape\":[4294967296,4294967296],\"data\":[]}", "/shape",
                .shapeOverflow([4_294_967_296, 4_294_967_296])
            ),
            ("{\"shape\":[1000000000000],\"data\":[1]}", "", .elementCount(found: 1, shape: [1_000_000_000_000])),
            ("{\"data\":[1]}", "", .missing(parameter: "shape", owner: "tensor")),
            ("{\"shape\":[1]}", "", .missing(parameter: "data", owner: "tensor")),
            (
                "{\"shape\":[1],\"data\":[1],\"data_base64\":\"AACAPw==\",\"dtype\":\"float32\"}", "",
                .exclusive(given: ["data", "data_base64"])
            ),
            ("{\"shape\":[1],\"data\":[1],\"dtype\":\"float32\"}", "", .exclusive(given: ["data", "dtype"])),
            ("{\"shape\":[2],\"data\":[[1],[2]]}", "/data/0", .mixed(found: .array, expected: .number)),
            ("{\"shape\":[2],\"data\":{}}", "/data", .type(found: .object, expected: "a list of numbers")),
            (
                "{\"shape\":[2],\"dta\":[1,2]}", "/dta",
                .unknownParameter(
                    "dta",
                    owner: "tensor",
                    nearest: "data",
                    allowed: ["shape", "data", "dtype", "data_base64"]
                )
            ),
            ("{\"shape\":[1],\"shape\":[1],\"data\":[1]}", "/shape", .duplicateKey("shape")),
            ("{\"shape\":[1],\"data\":[1],\"dat\\u0061\":[1]}", "/data", .duplicateKey("data")),
        ] as [(String, String, CodingError.Reason)]
    )
    func aFlatTensorThatIsNoneNamesThePlace(text: String, pointer: String, reason: CodingError.Reason) {
        let error = readTensor(text).error
        #expect(error?.pointer == pointer)
        #expect(error?.reason == reason)
    }

    @Test func integersOfATensorMayBeWrittenAsFractionsOfWholeValue() throws {
        #expect(try Array(readTensor("{\"shape\":[2.0,1e0],\"data\":[1,2]}").get().shape) == [2, 1])
    }
}
