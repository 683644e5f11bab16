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
            let state = await sync.state
            let device =
                if let problem = state.problem {
                    DeviceStatus(name: "server", state: .degraded, detail: problem)
                } else {
                    DeviceStatus(name: "server", state: .good, detail: "in step")
                }
            await desk.report(server: device)
            try? await Task.sleep(for: .seconds(1))
        }
    }
}
