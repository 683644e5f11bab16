// Raw requests to the server, so that the tests can say what the client never would.
import Foundation
import FoundationNetworking
import ParkingCore
import SyncProtocol
import Testing

struct Answer: Sendable {
    let status: Int
    let body: Data
    let headers: [String: String]
    var text: String { String(decoding: body, as: UTF8.self) }
    /// The sentence of a JSON error.
    var sentence: String { (try? WireCoding.decoder().decode(SyncProblem.self, from: body))?.error ?? "" }
    func decoded<T: Decodable>(_ type: T.Type) throws -> T { try WireCoding.decoder().decode(type, from: body) }
}

func ask(
    _ method: String,
    _ address: String,
    body: Data? = nil,
    contentType: String? = "application/json",
    headers: [String: String] = [:]
) async throws -> Answer {
    var request = URLRequest(url: try #require(URL(string: address)))
    request.httpMethod = method
    request.timeoutInterval = 20
    if body != nil, let contentType { request.setValue(contentType, forHTTPHeaderField: "Content-Type") }
    for (name, value) in headers { request.setValue(value, forHTTPHeaderField: name) }
    request.httpBody = body
    let configuration = URLSessionConfiguration.ephemeral
    let session = URLSession(configuration: configuration)
    defer { session.finishTasksAndInvalidate() }
    let (data, response) = try await session.data(for: request)
    let http = try #require(response as? HTTPURLResponse)
    var fields: [String: String] = [:]
    for (name, value) in http.allHeaderFields { fields["\(name)".lowercased()] = "\(value)" }
    return Answer(status: http.statusCode, body: data, headers: fields)
}

func post(_ address: String, _ value: some Encodable) async throws -> Answer {
    try await ask("POST", address, body: try WireCoding.encoder().encode(value))
}
