// `patrold officers`: who may sign in on this vehicle.
internal import ArgumentParser
internal import Foundation
internal import ParkingCore
internal import PatrolEngine

#if canImport(Glibc)
internal import Glibc
#endif

struct OfficersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "officers",
        abstract: "Badges and PINs of those who may sign in.",
        discussion: """
            The file (mode 0600) holds each badge with what Argon2id makes of its PIN: 3 passes over 64 MiB in 4 lanes \
            (RFC 9106). patrol.officers names it to the daemon, which reads it when it starts.

            EXAMPLES
              patrold officers add --file /etc/patrold/officers --badge 4711      (asks for the PIN twice)
              patrold officers list --file /etc/patrold/officers
            """,
        subcommands: [AddOfficer.self, RemoveOfficer.self, ListOfficers.self]
    )
}

private func officersFailure(_ error: any Error) -> ExitCode {
    FileHandle.standardError.write(Data("patrold officers: \(error)\n".utf8))
    return ExitCode(EX_DATAERR)
}

private struct AddOfficer: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Add an officer, or give one another PIN.",
        discussion:
            "The PIN (6 to 12 digits) is asked for twice without being shown; from a pipe it is read as one line."
    )

    @Option(help: "The officers' file; made if there is none.", completion: .file()) var file: String
    @Option(help: "The officer's badge.") var badge: String

    func run() async throws {
        do {
            let badge = try OfficerID(badge)
            var officers = try Officers(path: file)
            try await officers.set(badge, pin: try HiddenLine.pin())
            print("\(file): officer \(badge) can sign in")
        } catch {
            throw officersFailure(error)
        }
    }
}

private struct RemoveOfficer: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove",
        abstract: "Take an officer out of the file; a daemon that runs forgets at its next start."
    )

    @Option(help: "The officers' file.", completion: .file()) var file: String
    @Option(help: "The officer's badge.") var badge: String

    func run() async throws {
        do {
            var officers = try Officers(path: file)
            try officers.remove(try OfficerID(badge))
            print("\(file): officer \(badge) can no longer sign in")
        } catch {
            throw officersFailure(error)
        }
    }
}

private struct ListOfficers: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "Badges of those who may sign in.")

    @Option(help: "The officers' file.", completion: .file()) var file: String

    func run() async throws {
        do {
            for badge in try Officers(path: file).badges { print(badge) }
        } catch {
            throw officersFailure(error)
        }
    }
}

/// Lines that a terminal does not show while they are typed.
private enum HiddenLine {
    struct Mismatch: Error, CustomStringConvertible {
        let description: String
    }

    static func pin() throws -> String {
        guard isatty(STDIN_FILENO) == 1 else {
            guard let line = readLine() else { throw Mismatch(description: "no PIN was given on standard input") }
            return line
        }
        let first = read("PIN: ")
        guard first == read("PIN again: ") else {
            throw Mismatch(description: "the two PINs differ; nothing was changed")
        }
        return first
    }

    private static func read(_ prompt: String) -> String {
        FileHandle.standardError.write(Data(prompt.utf8))
        var settings = termios()
        let isKnown = tcgetattr(STDIN_FILENO, &settings) == 0
        let shown = settings
        if isKnown {
            settings.c_lflag &= ~tcflag_t(ECHO)
            tcsetattr(STDIN_FILENO, TCSANOW, &settings)
        }
        defer {
            if isKnown {
                var before = shown
                tcsetattr(STDIN_FILENO, TCSANOW, &before)
            }
            FileHandle.standardError.write(Data("\n".utf8))
        }
        return readLine() ?? ""
    }
}
