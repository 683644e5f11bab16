// The newest fact's number.
internal import GRDB

extension PatrolStore {
    /// Sequence of the newest fact; 0: none yet.
    package func lastSequence() async throws -> Int64 {
        try await read { try Int64.fetchOne($0, sql: "SELECT max(sequence) FROM fact") ?? 0 }
    }
}
