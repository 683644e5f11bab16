// The console as an officer has it: the real program in a real terminal (tmux), keys in, screen out.
import Foundation
import ParkingCore
import PatrolAPI
import Testing

/// One tmux server of its own with one terminal, ended with `end`.
private struct Tmux {
    let name = "patrol-test-\(UUID().uuidString.prefix(8))"

    @discardableResult
    func run(_ arguments: String...) async throws -> String { try await run(arguments) }

    /// Spawned and awaited by hand: Foundation's `Process` takes a program for alive as long as any child of it keeps
    /// the descriptors that it inherited, and the tmux server does. The output goes to a file for the same reason.
    private func run(_ arguments: [String]) async throws -> String {
        let file = "/tmp/\(name)-\(UUID().uuidString.prefix(8))"
        defer { try? FileManager.default.removeItem(atPath: file) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, file, O_WRONLY | O_CREAT, 0o600)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        // The test's threads block every signal; a tmux that inherits that never ends and never sees a child end.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        // Swift would explain a crash at length before the program ends.
        let variables: [String] = [
            "PATH=\(path)", "LANG=C.UTF-8", "TERM=xterm", "HOME=/tmp", "SWIFT_BACKTRACE=enable=no",
        ]
        var environment = variables.map { strdup($0) } + [nil]
        defer { environment.forEach { free($0) } }
        let words = ["tmux", "-u", "-L", name, "-f", "/dev/null"] + arguments
        var pointers = words.map { strdup($0) } + [nil]
        defer { pointers.forEach { free($0) } }
        var child: pid_t = 0
        guard posix_spawnp(&child, "tmux", &actions, &attributes, &pointers, &environment) == 0 else {
            throw Patience(description: "tmux could not be started; is it installed?")
        }
        let pid = child
        await withCheckedContinuation { (ended: CheckedContinuation<Void, Never>) in
            Thread.detachNewThread {
                var status: Int32 = 0
                while waitpid(pid, &status, 0) < 0, errno == EINTR {}
                ended.resume()
            }
        }
        return try String(contentsOfFile: file, encoding: .utf8)
    }

    /// A shell that runs the command and then shows its exit code.
    func start(_ command: String, columns: Int, rows: Int, term: String = "xterm") async throws {
        try await run(
            "new-session",
            "-d",
            "-x",
            "\(columns)",
            "-y",
            "\(rows)",
            "-e",
            "LANG=C.UTF-8",
            "-e",
            "TERM=\(term)",
            "TERM=\(term) \(command); echo \"ended with $?\"; sleep 60"
        )
    }

    func screen() async throws -> String { try await run("capture-pane", "-p") }
    func keys(_ keys: String...) async throws { _ = try await run(["send-keys"] + keys) }

    func shows(_ text: String) async throws {
        do {
            try await eventually("the terminal shows '\(text)'") { try await screen().contains(text) }
        } catch {
            throw Patience(description: "\(error); it shows:\n\(try await screen())")
        }
    }

    /// The process that runs in the terminal under the shell.
    func child() async throws -> pid_t {
        let shell = try await run("display-message", "-p", "#{pane_pid}").trimmingCharacters(
            in: .whitespacesAndNewlines
        )
        let list = try String(contentsOfFile: "/proc/\(shell)/task/\(shell)/children", encoding: .utf8)
        return try #require(pid_t(list.trimmingCharacters(in: .whitespaces)), "no single child: '\(list)'")
    }

    func end() async {
        _ = try? await run("kill-server")
        try? FileManager.default.removeItem(atPath: "/tmp/tmux-\(getuid())/\(name)")
    }
}

@Suite(.serialized) struct TerminalTests {
    /// The built program, beside the tests' own.
    private static func patrol() throws -> String {
        let tests = URL(filePath: try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
        let program = tests.deletingLastPathComponent().appending(path: "patrol").path
        try #require(FileManager.default.isExecutableFile(atPath: program), "\(program) is missing: build all first")
        return program
    }

    private func with(
        columns: Int = 80,
        rows: Int = 24,
        term: String = "xterm",
        options: String = "",
        _ body: (Tmux, FakeDaemon) async throws -> Void
    ) async throws {
        let daemon = FakeDaemon(try Samples.snapshot())
        try await daemon.start()
        let tmux = Tmux()
        do {
            try await tmux.start(
                "\(try Self.patrol()) console --socket \(daemon.socketPath) \(options)",
                columns: columns,
                rows: rows,
                term: term
            )
            try await body(tmux, daemon)
        } catch {
            await tmux.end()
            await daemon.stop()
            throw error
        }
        await tmux.end()
        await daemon.stop()
    }

    private func leave(_ tmux: Tmux) async throws {
        try await tmux.keys("q")
        try await tmux.shows("Leave the console?")
        try await tmux.keys("y")
        try await tmux.shows("ended with 0")
    }

    @Test func anOfficerDecidesWithKeysAndLeaves() async throws {
        try await with { tmux, daemon in
            try await tmux.shows("NO VALID SESSION")
            try await Task.sleep(for: .seconds(1))
            try await tmux.keys("a")
            try await tmux.shows("issued to CHWR220")
            try await tmux.shows("SECOND LOOK")
            try await Task.sleep(for: .seconds(1))
            try await tmux.keys("e")
            try await tmux.shows("Type the plate that you see")
            try await tmux.keys("bdkt301", "Enter")
            try await tmux.shows("AXLE907")
            try await tmux.shows("Alerts waiting 1")
            try await Task.sleep(for: .seconds(1))
            try await tmux.keys("r")
            try await tmux.shows("2 wrong plate")
            try await tmux.keys("2")
            try await tmux.shows("No alert waits for a decision.")
            #expect(
                await daemon.decisions == [
                    "ABCD123 accepted as read", "8DKT301 accepted as BDKT301", "AXLE907 rejected: wrong plate",
                ]
            )
            try await leave(tmux)
        }
    }

    @Test func theDemonstrationIsWatchedAndDecidedOn() async throws {
        let programs = URL(filePath: try Self.patrol()).deletingLastPathComponent().path
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..").standardized.path
        let out = "/tmp/patrol-test-\(UUID().uuidString.prefix(8))"
        defer { try? FileManager.default.removeItem(atPath: out) }
        let tmux = Tmux()
        do {
            // At the pace it was driven, what a busy machine reads surely depends on the frames it drops.
            try await tmux.start("PACE=0 OUT=\(out) \(root)/Fixtures/demo/watch \(programs)", columns: 80, rows: 24)
            try await tmux.shows("a: ticket $50.00")
            try await Task.sleep(for: .seconds(1))
            try await tmux.keys("a")
            try await tmux.shows("printed $")
            try await leave(tmux)
            #expect(try await tmux.screen().contains("tickets (PDF)   \(out)/vehicle/tickets"))
        } catch {
            await tmux.end()
            throw error
        }
        await tmux.end()
        let tickets = try FileManager.default.contentsOfDirectory(atPath: "\(out)/vehicle/tickets")
        #expect(tickets.filter { $0.hasSuffix(".pdf") } == ["00000015.pdf"])
        // The vehicle and the back office ended with the console.
        let running = try FileManager.default.contentsOfDirectory(atPath: "/proc").filter { process in
            let line = (try? String(contentsOfFile: "/proc/\(process)/cmdline", encoding: .utf8)) ?? ""
            return line.hasPrefix(programs) && line.contains(out)
        }
        #expect(running.isEmpty, "\(running)")
    }

    @Test func aLostDaemonIsSeenAndComesBackWithItsAlerts() async throws {
        try await with { tmux, daemon in
            try await tmux.shows("NO VALID SESSION")
            await daemon.stop()
            try await tmux.shows("NO CONNECTION for")
            try await daemon.start()
            try await daemon.add(Samples.alert(9, "NEWER01", .noPermit, reasons: []))
            try await tmux.shows("NEWER01")
            #expect(try await !tmux.screen().contains("NO CONNECTION"))
        }
    }

    @Test func aResizedTerminalIsDrawnAnew() async throws {
        try await with(columns: 140, rows: 40) { tmux, _ in
            try await tmux.shows("214 King Street West")
            try await tmux.run("resize-window", "-x", "70", "-y", "20")
            try await tmux.shows("Terminal too small: 70 x 20; needs 80 x 24")
            try await tmux.run("resize-window", "-x", "100", "-y", "30")
            try await tmux.shows("NO VALID SESSION")
        }
    }

    @Test(arguments: [SIGTERM, SIGHUP, SIGSEGV, SIGABRT])
    func theTerminalIsGivenBackHoweverTheProgramEnds(signal: Int32) async throws {
        try await with { tmux, _ in
            try await tmux.shows("NO VALID SESSION")
            #expect(try await tmux.run("display-message", "-p", "#{alternate_on}").hasPrefix("1"))
            kill(try await tmux.child(), signal)
            try await tmux.shows("ended with")
            #expect(try await tmux.run("display-message", "-p", "#{alternate_on} #{cursor_flag}").hasPrefix("0 1"))
        }
    }

    @Test(arguments: ["vt100", "linux", "xterm-256color"])
    func worksOnPlainAndColouredTerminals(term: String) async throws {
        try await with(term: term, options: "--language fr --ascii") { tmux, _ in
            try await tmux.shows("AUCUNE SESSION VALIDE")
            try await tmux.shows("a accepter")
            #expect(try await tmux.screen().utf8.allSatisfy { $0 < 0x80 })
        }
    }

    @Test func saysWhatIsMissing() async throws {
        let tmux = Tmux()
        do {
            try await tmux.start(
                "\(try Self.patrol()) console --socket /tmp/patrol-test-none.sock",
                columns: 80,
                rows: 24
            )
            try await tmux.shows("no answer from /tmp/patrol-test-none.sock; is patrold running?")
            try await tmux.keys("q", "y")
            try await tmux.shows("ended with 0")
        } catch {
            await tmux.end()
            throw error
        }
        await tmux.end()
        let unknown = Tmux()
        do {
            try await unknown.start("\(try Self.patrol()) console", columns: 80, rows: 24, term: "nothing-known")
            try await unknown.shows("the terminal type 'nothing-known' is not known here")
            try await unknown.shows("ended with 1")
        } catch {
            await unknown.end()
            throw error
        }
        await unknown.end()
    }
}
