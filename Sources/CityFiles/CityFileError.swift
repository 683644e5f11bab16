// What is wrong in a city's file: each fault with its line, its keys and the cure.

package struct CityFileProblem: Hashable, Sendable, Codable, CustomStringConvertible {
    /// From 1; nil: the file as a whole.
    package let line: Int?
    /// Keys from the top, such as `rules.pay.grace`; empty: the file as a whole.
    package let place: String
    /// What is wrong, and what to do.
    package let problem: String

    package init(line: Int?, place: String, problem: String) {
        self.line = line
        self.place = place
        self.problem = problem
    }

    package var description: String {
        [line.map { "line \($0)" }, place.isEmpty ? nil : place, problem].compactMap { $0 }.joined(separator: ": ")
    }
}

package struct CityFileError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Faults that are told in words; the others are counted.
    private static let told = 40

    package let file: String
    package let problems: [CityFileProblem]

    package init(file: String, problems: [CityFileProblem]) {
        self.file = file
        self.problems = problems
    }

    package var description: String {
        let lines = problems.prefix(Self.told).map { "\(file): \($0)" }
        let rest = problems.count - lines.count
        return (lines + (rest > 0 ? ["\(file): and \(rest) more"] : [])).joined(separator: "\n")
    }
}
