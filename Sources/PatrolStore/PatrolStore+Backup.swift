// A copy of the database that is whole, made while the patrol goes on.
internal import DurableFiles
internal import Foundation
internal import GRDB

extension PatrolStore {
    /// Writes the database as it is at this moment into a new file, mode 0600, which is there whole or not at all.
    ///
    /// Nobody waits: what is recorded meanwhile is not in the copy. The copy holds no free pages, so nothing purged.
    /// Numbers that it still calls free may be used by the time it is restored: `NumberLedger` keeps them from being
    /// given out again.
    /// - Throws: `PatrolStoreError` when the path is taken or cannot be written, or the copy does not check out.
    package func backUp(to target: String) async throws {
        guard !DurableFile.exists(target) else {
            throw PatrolStoreError.backup(path: target, detail: "it is there already and is not replaced")
        }
        let unfinished = target + ".unfinished"
        do {
            DurableFile.removeFile(unfinished)
            // SQLite writes into an empty file that is there, and leaves its mode.
            try DurableFile.write([], to: unfinished, replace: false)
            try await copy(into: unfinished)
            try PatrolStore.verify(unfinished)
            try DurableFile.install(unfinished, at: target)
        } catch {
            DurableFile.removeFile(unfinished)
            if let error = error as? DurableFileError {
                throw PatrolStoreError.backup(path: target, detail: error.description)
            }
            throw error
        }
    }

    private static func verify(_ path: String) throws {
        var configuration = Configuration()
        configuration.readonly = true
        do {
            let answers = try DatabaseQueue(path: path, configuration: configuration).read {
                try String.fetchAll($0, sql: "PRAGMA integrity_check(1)")
            }
            guard answers == ["ok"] else {
                throw PatrolStoreError.backup(
                    path: path,
                    detail: "the copy is damaged: \(answers.joined(separator: "; "))"
                )
            }
        } catch let error as DatabaseError {
            throw PatrolStoreError.backup(path: path, detail: "the copy cannot be read: \(error.message ?? "")")
        }
    }
}
