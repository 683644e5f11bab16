// Runs the sync client and tells health how the link is.
internal import PatrolAPI
internal import ServiceLifecycle
package import SyncClient

package struct SyncWatch: Service {
    private let sync: SyncClient
    private let desk: PatrolDesk

    package init(sync: SyncClient, desk: PatrolDesk) {
        self.sync = sync
        self.desk = desk
    }

    package func run() async throws {
        try await withThrowingTaskGroup { group in
            group.addTask { try await sync.run() }
            group.addTask { await watch() }
            try await group.next()
            group.cancelAll()
        }
    }

    /// Looks once a second.
    private func watch() async {
        while !Task.isCancelled {
            let report = await DeviceReport(link: sync)
            await desk.report(server: DeviceStatus(name: report.name, state: report.state, detail: report.detail))
            try? await Task.sleep(for: .seconds(1))
        }
    }
}

extension DeviceReport {
    /// How the link to the back office is.
    /// - Parameter sync: nil: no server is set.
    package init(link sync: SyncClient?) async {
        guard let sync else {
            self.init("server", .server, .absent, word: "none", detail: "no server is set")
            return
        }
        let state = await sync.state
        if let problem = state.problem {
            self.init("server", .server, .degraded, word: "unreachable", detail: problem)
        } else if state.lastSuccess == nil {
            self.init("server", .server, .degraded, word: "starting", detail: "the first round is not through yet")
        } else {
            self.init("server", .server, .good, word: "inStep", detail: "in step")
        }
    }
}
