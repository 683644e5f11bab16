// The serving back office: puts records, photos, routes and pages together and runs until it is told to stop.
internal import Foundation
internal import Hummingbird
package import Logging
internal import NIOCore
package import ParkingCore
internal import ServiceLifecycle
internal import UnixSignals

package struct BackOfficeServer: Sendable {
    package struct Settings: Sendable {
        package let data: String
        package let host: String
        /// 0: a free one is picked.
        package let port: Int
        package let city: City
        /// How long a read without a hit is kept.
        package let readsSeconds: Double

        package init(data: String, host: String, port: Int, city: City, readsSeconds: Double = 86_400) {
            self.data = data
            self.host = host
            self.port = port
            self.city = city
            self.readsSeconds = readsSeconds
        }
    }

    package let records: Records
    package let counters = Counters()
    private let settings: Settings
    private let photos: PhotoArchive
    private let pages: PageRenderer
    private let logger: Logger

    /// Opens everything that serving needs; nothing is listened on yet.
    /// - Throws: `BackOfficeError` with what is wrong and the cure.
    package init(settings: Settings, logger: Logger) throws(BackOfficeError) {
        try LoopbackAddress.require(settings.host)
        guard (0...65_535).contains(settings.port) else {
            throw BackOfficeError(.address, "port \(settings.port) is not within 0 to 65535")
        }
        self.settings = settings
        self.logger = logger
        let folder = try DataFolder(path: settings.data)
        records = try Records(folder: folder)
        photos = try PhotoArchive(path: folder.photos)
        pages = try PageRenderer(text: PageText(city: settings.city))
    }

    /// Erases what is past its time; while the server runs it does so by itself.
    package var retention: Retention {
        Retention(records: records, photos: photos, readsSeconds: settings.readsSeconds)
    }

    /// Serves until the task is cancelled or, with `stopOnSignals`, SIGTERM or SIGINT comes; requests at work end first.
    /// - Parameter onListening: called once with the address, when connections are taken.
    package func serve(stopOnSignals: Bool, onListening: @escaping @Sendable (String) async -> Void) async throws {
        let host = settings.host
        let application = Application(
            router: router(),
            server: .http1(configuration: .init(idleTimeout: .seconds(75))),
            configuration: ApplicationConfiguration(
                address: .hostname(host, port: settings.port),
                serverName: "curbside-patrol"
            ),
            onServerRunning: { channel in
                let shown = host.contains(":") ? "[\(host)]" : host
                await onListening("http://\(shown):\(channel.localAddress?.port ?? 0)")
            },
            logger: logger
        )
        let signals: [UnixSignal] = stopOnSignals ? [.sigterm, .sigint] : []
        var configuration = ServiceGroupConfiguration(
            services: [
                application,
                RetentionService(retention: retention, counters: counters, logger: logger),
            ],
            gracefulShutdownSignals: signals,
            logger: logger
        )
        configuration.maximumGracefulShutdownDuration = .seconds(10)
        do {
            try await ServiceGroup(configuration: configuration).run()
        } catch let error as IOError {
            throw BackOfficeError(
                .address,
                "cannot listen on \(host) port \(settings.port): \(error.description); "
                    + "another process may hold the port, give another --port"
            )
        }
    }

    private func router() -> Router<BasicRequestContext> {
        let router = Router(context: BasicRequestContext.self)
        router.add(middleware: ErrorAnswers(counters: counters, pages: pages))
        router.add(middleware: LoopbackHostOnly())
        SyncRoutes(records: records, photos: photos, counters: counters, now: { Date() }).add(to: router)
        PageRoutes(records: records, photos: photos, pages: pages).add(to: router)
        router.get("/healthz") { _, _ in
            _ = try await records.counts()
            return WebAnswer.json("{\"status\":\"good\"}")
        }
        router.get("/metrics") { _, _ in
            Response(
                status: .ok,
                headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
                body: ResponseBody(byteBuffer: ByteBuffer(string: counters.exposition))
            )
        }
        return router
    }
}
