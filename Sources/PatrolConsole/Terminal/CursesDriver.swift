// Draws screens and takes keys through ncurses. All of ncurses is touched here only, from one thread.
internal import CNcurses
internal import Foundation

/// An open terminal. Not sendable: it belongs to the thread that made it.
final class CursesDriver {
    private let handle: OpaquePointer
    private let colours: Bool
    private let asciiOnly: Bool
    private var isOpen = true

    /// - Parameter asciiOnly: draw letters without accents and lines with - | +, whatever the locale says.
    /// - Throws: `ConsoleError` when standard input or output is no terminal, or TERM names none that is known.
    init(asciiOnly: Bool) throws(ConsoleError) {
        guard isatty(STDIN_FILENO) == 1, isatty(STDOUT_FILENO) == 1 else {
            throw ConsoleError(.terminal("the console needs a terminal; in scripts use 'patrol status --json' or curl"))
        }
        var before = termios()
        tcgetattr(STDIN_FILENO, &before)
        setlocale(LC_ALL, "")
        // Without any locale set (systemd, ssh without SendEnv) UTF-8 is by far the likeliest.
        if setlocale(LC_CTYPE, nil).map({ String(cString: $0) }) == "C" { setlocale(LC_CTYPE, "C.UTF-8") }
        let codeset = patrol_codeset().map { String(cString: $0) } ?? ""
        self.asciiOnly = asciiOnly || codeset != "UTF-8"
        guard let handle = patrol_screen_open() else {
            let name = ProcessInfo.processInfo.environment["TERM"] ?? ""
            throw ConsoleError(
                .terminal("the terminal type '\(name)' is not known here; set TERM, to xterm or vt100 for example")
            )
        }
        self.handle = handle
        patrol_guard_crashes(&before)
        cbreak()
        noecho()
        nonl()
        let window = patrol_window()
        keypad(window, true)
        nodelay(window, true)
        set_escdelay(60)
        curs_set(0)
        colours = has_colors() && start_color() == OK && Int(patrol_colour_pairs()) > Self.pairs.count
        if colours {
            use_default_colors()
            for (index, pair) in Self.pairs.enumerated() {
                init_pair(Int16(index + 1), pair.foreground, pair.background)
            }
        }
    }

    deinit { close() }

    /// Gives the terminal back as it was. Twice does no harm.
    func close() {
        guard isOpen else { return }
        isOpen = false
        endwin()
        delscreen(handle)
    }

    var size: ScreenSize { ScreenSize(columns: Int(patrol_columns()), rows: Int(patrol_rows())) }

    enum Input: Equatable {
        case key(Key)
        case resized
    }

    /// The keys pressed since the last call; never waits.
    func pendingInput() -> [Input] {
        var inputs: [Input] = []
        while inputs.count < 256 {
            var code: wint_t = 0
            let kind = wget_wch(patrol_window(), &code)
            guard kind != ERR else { break }
            if let input = Self.input(code, isFunctionKey: kind == KEY_CODE_YES) { inputs.append(input) }
        }
        return inputs
    }

    private static func input(_ code: wint_t, isFunctionKey: Bool) -> Input? {
        if isFunctionKey {
            switch Int32(code) {
            case KEY_UP: return .key(.up)
            case KEY_DOWN: return .key(.down)
            case KEY_ENTER: return .key(.enter)
            case KEY_BACKSPACE: return .key(.backspace)
            case KEY_RESIZE: return .resized
            default: return nil
            }
        }
        switch code {
        case 10, 13: return .key(.enter)
        case 27: return .key(.escape)
        case 8, 127: return .key(.backspace)
        case 0..<32: return nil
        default: return Unicode.Scalar(code).map { .key(.character(Character($0))) }
        }
    }

    func ring() { beep() }

    /// Shows a screen; ncurses sends only what changed.
    func draw(_ screen: Screen) {
        let window = patrol_window()
        werase(window)
        for (y, row) in screen.rows.enumerated() {
            var x = 0
            while x < row.count {
                let style = row[x].style
                var end = x
                while end < row.count, row[end].style == style { end += 1 }
                put(row[x..<end], style, x: x, y: y)
                x = end
            }
        }
        if let cursor = screen.cursor {
            curs_set(1)
            wmove(window, Int32(cursor.row), Int32(cursor.column))
        } else {
            curs_set(0)
        }
        wrefresh(window)
    }

    private func put(_ cells: ArraySlice<Cell>, _ style: Style, x: Int, y: Int) {
        let window = patrol_window()
        let look = Self.look(style, colours: colours)
        wattr_set(window, look.attributes, look.pair, nil)
        let wide = cells.map { cell in
            let character = asciiOnly ? CellText.ascii(cell.character) : cell.character
            return wchar_t(bitPattern: character.unicodeScalars.first?.value ?? 0x3F)
        }
        wmove(window, Int32(y), Int32(x))
        wide.withUnsafeBufferPointer { _ = waddnwstr(window, $0.baseAddress, Int32($0.count)) }
    }

    private static let pairs: [(tone: Tone, foreground: Int16, background: Int16)] = [
        (.good, Int16(COLOR_GREEN), -1), (.warn, Int16(COLOR_YELLOW), -1), (.bad, Int16(COLOR_RED), -1),
        (.info, Int16(COLOR_CYAN), -1), (.alarm, Int16(COLOR_WHITE), Int16(COLOR_RED)),
        (.bar, Int16(COLOR_WHITE), Int16(COLOR_BLUE)), (.plate, Int16(COLOR_BLACK), Int16(COLOR_WHITE)),
    ]

    /// Colour pair and attributes of a style. Without colours what matters is bold or reversed; words say the rest.
    static func look(_ style: Style, colours: Bool) -> (attributes: attr_t, pair: Int16) {
        var attributes = PATROL_A_NORMAL
        if style.bold { attributes |= PATROL_A_BOLD }
        var reversed = style.reversed
        var pair: Int16 = 0
        if colours {
            pair = Int16((pairs.firstIndex { $0.tone == style.tone } ?? -1) + 1)
            if style.tone == .quiet { attributes |= PATROL_A_DIM }
            // Bold black is grey on many terminals: the plate must stay black on white.
            if style.tone == .plate { attributes &= ~PATROL_A_BOLD }
        } else {
            switch style.tone {
            case .plain, .good, .info, .quiet: break
            case .warn: attributes |= PATROL_A_UNDERLINE
            case .bad: attributes |= PATROL_A_BOLD
            case .alarm:
                attributes |= PATROL_A_BOLD
                reversed = true
            case .bar, .plate: reversed = true
            }
        }
        if reversed { attributes |= PATROL_A_REVERSE }
        return (attributes, pair)
    }
}
