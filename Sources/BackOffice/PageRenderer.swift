// Turns models into HTML answers with the templates in Pages, under a policy that lets nothing but our own parts load.
internal import Foundation
internal import Hummingbird
internal import Mustache
internal import NIOCore
internal import ParkingCore

struct PageRenderer: Sendable {
    let text: PageText
    let style: String
    private let templates: MustacheLibrary

    /// No script at all, pictures and style from here only, never in a frame.
    static let contentSecurityPolicy =
        "default-src 'none'; img-src 'self'; style-src 'self'; base-uri 'none'; form-action 'none'; "
        + "frame-ancestors 'none'"

    /// - Throws: `BackOfficeError` when the package's own templates are absent or broken.
    init(text: PageText) throws(BackOfficeError) {
        self.text = text
        MustacheContentTypes.register(ScalarEscaping(), named: ScalarEscaping.name)
        guard let folder = Bundle.module.resourceURL?.appendingPathComponent("Pages") else {
            throw BackOfficeError(
                .data,
                "the folder of page templates is missing: install the program as a whole again"
            )
        }
        var templates: [String: MustacheTemplate] = [:]
        do {
            for name in ["head", "foot", "tickets", "ticket", "reads", "set-aside", "set-aside-notice", "problem"] {
                let file = folder.appendingPathComponent(name + ".mustache")
                let body = try String(contentsOf: file, encoding: .utf8)
                templates[name] = try MustacheTemplate(string: "{{% CONTENT_TYPE:\(ScalarEscaping.name)}}" + body)
            }
            style = try String(contentsOf: folder.appendingPathComponent("style.css"), encoding: .utf8)
        } catch {
            throw BackOfficeError(.data, "a page template in '\(folder.path)' cannot be used: \(error)")
        }
        self.templates = MustacheLibrary(templates: templates)
    }

    func page(_ template: String, _ model: [String: Any], status: HTTPResponse.Status = .ok) throws -> Response {
        guard let html = templates.render(model, withTemplate: template) else {
            throw BackOfficeError(.data, "there is no page template '\(template)'")
        }
        return Response(
            status: status,
            headers: [
                .contentType: "text/html; charset=utf-8", .cacheControl: "no-store",
                .contentSecurityPolicy: Self.contentSecurityPolicy, .xContentTypeOptions: "nosniff",
            ],
            body: ResponseBody(byteBuffer: ByteBuffer(string: html))
        )
    }

    func frame(_ title: String, onTickets: Bool = false, onReads: Bool = false) -> PageFrame {
        PageFrame(
            title: title,
            city: text.city.name,
            isLocal: !text.city.zones.isEmpty,
            onTickets: onTickets,
            onReads: onReads
        )
    }

    func problem(status: HTTPResponse.Status, sentence: String) throws -> Response {
        let title = "\(status.code) \(status.reasonPhrase)"
        return try page("problem", ["frame": frame(title), "sentence": sentence], status: status)
    }
}
