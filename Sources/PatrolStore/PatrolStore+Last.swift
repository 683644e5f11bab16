// The newest fact's number, whether the fact is still there or purged.
internal import GRDB

extension PatrolStore {
    /// Sequence of the newest fact; 0: none yet.
    package func lastSequence() async throws -> Int64 { try await read { try PatrolStore.lastSequence($0) } }

    /// SQLite keeps the last number that it gave out, so that none is given twice.
    static func lastSequence(_ db: Database) throws -> Int64 {
        try Int64.fetchOne(db, sql: "SELECT seq FROM sqlite_sequence WHERE name = 'fact'") ?? 0
    }
}
