// How long answers take, from the exposure of the last frame that helped to the moment an answer is kept and told.

/// One pass on its way, in seconds of the monotonic clock.
struct PassInstants: Hashable, Sendable {
    /// Exposure of the last frame that added anything, and of the frame at which the pass was told.
    let useful: Double
    let toldFrame: Double
    /// Recognition was done with it; the desk began, and had kept and told it.
    let handed: Double
    let begun: Double
    let done: Double
}

/// The last passes' times; a pure value.
struct LatencyMeter: Sendable {
    private let most: Int
    private var passes: [PassInstants] = []
    private var next = 0
    private(set) var count = 0

    /// - Parameter most: so many passes are remembered.
    init(most: Int = 4096) { self.most = max(1, most) }

    mutating func note(_ instants: PassInstants) {
        count += 1
        if passes.count < most {
            passes.append(instants)
        } else {
            passes[next] = instants
            next = (next + 1) % most
        }
    }

    /// Milliseconds by stage: median and the value that 99 of 100 do not exceed; empty without passes.
    func figures() -> [String: Double] {
        var figures: [String: Double] = [:]
        func put(_ name: String, _ value: (PassInstants) -> Double) {
            let sorted = passes.map { value($0) * 1000 }.sorted()
            guard !sorted.isEmpty else { return }
            figures["\(name)P50Milliseconds"] = Self.quantile(sorted, 0.5)
            figures["\(name)P99Milliseconds"] = Self.quantile(sorted, 0.99)
        }
        put("exposureToAnswer") { $0.done - $0.useful }
        put("intendedWait") { $0.toldFrame - $0.useful }
        put("lastFrameToAnswer") { $0.done - $0.toldFrame }
        put("recognition") { $0.handed - $0.toldFrame }
        put("deskWait") { $0.begun - $0.handed }
        put("desk") { $0.done - $0.begun }
        return figures
    }

    /// The smallest value that is not exceeded by a share of all.
    private static func quantile(_ sorted: [Double], _ share: Double) -> Double {
        let index = Int((Double(sorted.count) * share).rounded(.up)) - 1
        return (sorted[min(max(0, index), sorted.count - 1)] * 100).rounded() / 100
    }
}
