import ConvolutionEngine
import HTTPTypes
import HTTPWire
import TensorCoding

extension RequestContext {
    /// What the routes that compute nothing say.
    func information() -> Answer {
        switch route {
        case .kernels: answer(kernelList, type: "application/json")
        case .health: answer(Array("{\"status\":\"ok\"}\n".utf8), type: "application/json", fields: [.noStore])
        case .readiness: readiness()
        case .metrics: metricsText()
        case .openAPI(.yaml): answer(Documents.openAPIYAML, type: "application/yaml")
        case .openAPI(.json): answer(Documents.openAPIJSON, type: "application/json")
        case .page: answer(Documents.page, type: "text/html; charset=utf-8", fields: [Documents.pagePolicy])
        case .model(let route): models(route)
        case .inference(let route): inference(route)
        case .operation, .forward, .shapes, .server:
            answer(Problem(.methodNotAllowed, "POST a body to \(head.path)."))
        }
    }

    private func metricsText() -> Answer {
        let load = service.queue.load
        for lane in ComputeLane.allCases {
            let dimensions = [("lane", "\(lane)")]
            service.metrics.gauge("convserve_queue_depth", dimensions, load.waiting[lane.rawValue])
            service.metrics.gauge("convserve_running", dimensions, load.running[lane.rawValue])
        }
        service.metrics.gauge("convserve_queue_bytes", [], load.waitingBytes)
        if let connections = service.connections { service.metrics.gauge("convserve_connections", [], connections) }
        if let lost = service.lostLines { service.metrics.logLinesLost(inAll: lost) }
        let text = service.registry.exposition() + ProcessMetrics.exposition()
        return answer(Array(text.utf8), type: "text/plain; version=0.0.4; charset=utf-8", fields: [.noStore])
    }

    private func readiness() -> Answer {
        guard !service.isDraining else {
            let retry = HTTPField(name: .retryAfter, value: "1")
            return answer(Problem(.serviceUnavailable, "The server is stopping.", fields: [retry]))
        }
        return answer(Array("{\"status\":\"ready\"}\n".utf8), type: "application/json", fields: [.noStore])
    }
}

extension HTTPField {
    fileprivate static let noStore = HTTPField(name: .cacheControl, value: "no-store")
}

/// `{"kernels":[{"name":"sobel_x","weight":[[-1,0,1],…]},…]}`
private let kernelList: [UInt8] = {
    var json = JSONWriter()
    json.beginObject()
    json.key("kernels")
    json.beginArray()
    for kernel in WellKnownKernel.allCases {
        json.beginObject()
        json.key("name")
        json.string(kernel.rawValue)
        json.key("weight")
        json.beginArray()
        for row in kernel.rows {
            json.beginArray()
            for number in row { json.number(number) }
            json.endArray()
        }
        json.endArray()
        json.endObject()
    }
    json.endArray()
    json.endObject()
    return json.bytes
}()
