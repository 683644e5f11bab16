// `patrold database`: is the vehicle's database whole, and copies of it.
internal import ArgumentParser
internal import Foundation
internal import ParkingCore
internal import PatrolStore

#if canImport(Glibc)
internal import Glibc
#endif

struct DatabaseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "database",
        abstract: "Check the vehicle's database, copy it, measure it.",
        discussion: """
            PUTTING A BACKUP IN PLACE
              1. stop the daemon (systemctl stop patrold), so that nobody has the file
              2. move patrol.sqlite, patrol.sqlite-wal and patrol.sqlite-shm out of the data folder; leave \
            patrol.sqlite.numbers where it is: it knows which ticket numbers were given out since the backup
              3. copy the backup to patrol.sqlite, owned by the daemon's user, mode 0600
              4. patrold database check --database patrol.sqlite
              5. start the daemon; numbers that nobody can vouch for are given up, and the back office leases others
            What was recorded since the backup, and not sent, is lost; what was sent stands at the back office. The \
            signed evidence keeps all of it: until the next fact is signed, 'patrol evidence verify' says that rows are \
            missing, and from then on that an older database was restored. A backup \
            holds personal data: keep it no longer than the reads' own period, on an encrypted disk.
            """,
        subcommands: [CheckCommand.self, BackupCommand.self, DatabaseBenchCommand.self]
    )
}

private struct CheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Whether the file is whole, and its facts, purges and ticket numbers add up.",
        discussion: """
            SQLite's integrity and foreign key checks; then the chain: every sequence from 1 to the last is a fact or \
            purged; then ticket numbers: none that is used counts as free.

            EXIT CODES
              0   whole     65  something does not hold     73  cannot be opened     75  in use: stop the daemon
            """
    )

    @Option(help: "The vehicle's database.", completion: .file())
    var database: String

    @Flag(help: "Print the outcome as one line of JSON.")
    var json = false

    func run() async throws {
        do {
            guard FileManager.default.fileExists(atPath: database) else {
                throw PatrolStoreError.notWritable(path: database, detail: "there is no such file")
            }
            let store = try PatrolStore(path: database, vehicle: nil)
            let check = try await store.check()
            try store.close()
            if json {
                print(String(decoding: try WireCoding.encoder().encode(check), as: UTF8.self))
            } else {
                tell(check)
            }
            if !check.problems.isEmpty { throw ExitCode(65) }
        } catch let error as PatrolStoreError {
            throw databaseFailure("check", error)
        }
    }

    private func tell(_ check: StoreCheck) {
        print("facts \(check.facts), purged \(check.erased), last \(check.lastSequence), tickets \(check.tickets)")
        for problem in check.problems { print("  \(problem)") }
        print(
            check.problems.isEmpty
                ? "the database is whole"
                : "the database is NOT whole: put a backup in its place (patrold database --help)"
        )
    }
}

private struct BackupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Copy the database as it is at one moment, checked, mode 0600.",
        discussion: """
            A running daemon makes the copy itself, while the patrol goes on:
              curl --unix-socket /run/patrold/patrold.sock -d '{"path":"/var/lib/patrold/copy.sqlite"}' \\
                  http://patrold/v1/backup
            This command is for a database that nobody has open. 'patrold database --help' says how to put one back.

            EXIT CODES
              0   copied     73  cannot be opened or written     74  disk full     75  in use by the daemon
            """
    )

    @Argument(help: "The copy; a file that is there is not replaced.", completion: .file())
    var to: String

    @Option(help: "The vehicle's database.", completion: .file())
    var database: String

    func run() async throws {
        do {
            guard FileManager.default.fileExists(atPath: database) else {
                throw PatrolStoreError.notWritable(path: database, detail: "there is no such file")
            }
            let store = try PatrolStore(path: database, vehicle: nil)
            try await store.backUp(to: to)
            try store.close()
            let size = try FileManager.default.attributesOfItem(atPath: to)[.size] as? Int ?? 0
            print("\(to): \(size) bytes, whole")
        } catch let error as PatrolStoreError {
            throw databaseFailure("backup", error)
        }
    }
}

/// Says what is wrong and ends with the code of sysexits.h that fits.
private func databaseFailure(_ command: String, _ error: PatrolStoreError) -> ExitCode {
    FileHandle.standardError.write(Data("patrold database \(command): \(error)\n".utf8))
    return switch error {
    case .damaged, .emptied, .newerVersion: ExitCode(EX_DATAERR)
    case .inUse: ExitCode(EX_TEMPFAIL)
    case .full: ExitCode(EX_IOERR)
    default: ExitCode(EX_CANTCREAT)
    }
}
