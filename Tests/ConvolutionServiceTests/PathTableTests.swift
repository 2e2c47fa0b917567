import Testing

@testable import ConvolutionService

@Suite struct PathTableTests {
    @Test func everyPathIsFoundAndNothingElse() {
        let routes = Route.table(operations: OperationNames.all)
        let table = PathTable(routes)
        for (path, route) in routes {
            #expect(value(table, path) == route)
            #expect(value(table, path + "x") == nil)
            #expect(value(table, String(path.dropLast())) == routes[String(path.dropLast())])
            #expect(value(table, path.uppercased()) == routes[path.uppercased()])
        }
        #expect(value(table, "") == nil)
    }

    @Test func aTableOfNothingHoldsNothing() {
        #expect(value(PathTable<Int>([:]), "/") == nil)
    }

    private func value<Value>(_ table: PathTable<Value>, _ path: String) -> Value? {
        let octets = Array(path.utf8)
        return table[octets.span]
    }
}
