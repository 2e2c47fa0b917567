import ConvolutionEngine
import ModelStore
import Testing

@Suite struct ModelStoreTests {
    private static let relu = source(#"{"input_shape":[null,2],"layers":[{"type":"relu"}]}"#)
    private static let sigmoid = source(#"{"input_shape":[null,2],"layers":[{"type":"sigmoid"}]}"#)

    @Test func whatIsPutIsFoundUntilItIsRemoved() throws {
        let store = ModelStore(engine: Engine())
        let name = try ModelName("a")
        #expect(throws: ModelError.notFound(name)) { try store.model(name) }
        let first = try store.put(name, Self.relu)
        #expect(first.isNew)
        let old = try store.load(name)
        #expect(try !store.put(name, Self.sigmoid).isNew)
        #expect(try store.load(name) !== old)
        #expect(store.list.map(\.name.text) == ["a"])
        #expect(store.status(name)?.summary?.tag == Self.sigmoid.tag)
        try store.remove(name)
        #expect(throws: ModelError.notFound(name)) { try store.remove(name) }
        #expect(store.list.isEmpty)
    }

    @Test func whatDoesNotFitLeavesTheOldOne() throws {
        let store = ModelStore(engine: Engine())
        let name = try ModelName("a")
        _ = try store.put(name, Self.relu)
        let old = try store.load(name)
        let broken = source(#"{"input_shape":[null,2],"layers":[{"type":"linear","weight":[[1,2,3]]}]}"#)
        #expect(throws: ModelError.self) { try store.put(name, broken) }
        #expect(try store.model(name) === old)
    }

    @Test func preconditionsAreHeldAgainstTheModelThereIs() throws {
        let store = ModelStore(engine: Engine())
        let name = try ModelName("a")
        let none = ModelError.precondition(current: nil), tag = Self.relu.tag
        for precondition in [ModelStore.Precondition.exists, .matches([tag])] {
            #expect(throws: none) { try store.put(name, Self.relu, if: precondition) }
        }
        _ = try store.put(name, Self.relu, if: .isNew)
        for precondition in [ModelStore.Precondition.isNew, .matches(["x"]), .differs([tag])] {
            #expect(throws: ModelError.precondition(current: tag)) { try store.put(name, Self.relu, if: precondition) }
            #expect(throws: ModelError.precondition(current: tag)) { try store.remove(name, if: precondition) }
        }
        _ = try store.put(name, Self.sigmoid, if: .matches(["x", tag]))
        try store.remove(name, if: .exists)
    }

    @Test func memoryAndNumberAreLimited() throws {
        var limits = ModelStore.Limits()
        limits.models = 2
        limits.bytes = 1000
        let store = ModelStore(engine: Engine(), limits: limits)
        for text in ["a", "b"] { _ = try store.put(ModelName(text), Self.relu) }
        #expect(throws: ModelError.tooMany(limit: 2)) { try store.put(ModelName("c"), Self.relu) }
        let numbers = "[" + Array(repeating: "1", count: 300).joined(separator: ",") + "]"
        let large = source(#"{"input_shape":[1,300],"layers":[{"type":"linear","weight":[\#(numbers)]}]}"#)
        #expect(throws: ModelError.memory(needed: 1200, limit: 1000)) { try store.put(ModelName("b"), large) }
        #expect(try store.model(ModelName("b"))?.summary.tag == Self.relu.tag)
    }
}
