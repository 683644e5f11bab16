// What is counted since the start, for GET /metrics; never a plate, a name or a number of a ticket.
internal import Synchronization

package final class Counters: Sendable {
    package enum Name: String, CaseIterable, Sendable {
        case factsStored = "facts_stored_total"
        case factsRepeated = "facts_repeated_total"
        case factsSetAside = "facts_set_aside_total"
        case photosStored = "photos_stored_total"
        case numberBlocksLeased = "number_blocks_answered_total"
        case changesAnswered = "changes_answered_total"
        case readsErased = "reads_erased_total"
        case requestsRefused = "requests_refused_total"
        case requestsFailed = "requests_failed_total"

        var help: String {
            switch self {
            case .factsStored: "Facts from vehicles taken in since the start."
            case .factsRepeated: "Facts that were here already, word for word."
            case .factsSetAside: "Facts taken in and set aside for a clerk, for something in them is wrong."
            case .photosStored: "Photo uploads verified and kept, repeated ones included."
            case .numberBlocksLeased: "Answers to requests for ticket numbers, repeated ones included."
            case .changesAnswered: "Answers to questions for list changes."
            case .readsErased: "Reads without a hit that were erased when their time was over."
            case .requestsRefused: "Requests answered with 4xx."
            case .requestsFailed: "Requests answered with 5xx."
            }
        }
    }

    private let values = Mutex<[Name: Int]>([:])

    package init() {}

    package func add(_ count: Int = 1, to name: Name) {
        values.withLock { $0[name, default: 0] += count }
    }

    package func value(_ name: Name) -> Int { values.withLock { $0[name] ?? 0 } }

    /// Prometheus' text format, version 0.0.4.
    package var exposition: String {
        Name.allCases.map { name in
            let metric = "backoffice_" + name.rawValue
            return "# HELP \(metric) \(name.help)\n# TYPE \(metric) counter\n\(metric) \(value(name))\n"
        }.joined()
    }
}
