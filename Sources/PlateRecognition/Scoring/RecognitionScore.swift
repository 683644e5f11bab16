// How good recognition is on labelled pictures, counted in a way that cannot flatter.
package import ParkingCore

/// What became of one labelled plate.
package struct RowOutcome: Sendable {
    package let label: Label
    /// The read that was taken for this label; nil: none.
    package let read: PlateReading?
    /// Whether a read's box covers the label's with an intersection over union of 0.5; nil where there is no box.
    package let found: Bool?

    package var isExact: Bool { label.plate != nil && read?.plate == label.plate }
    package var isExactFolded: Bool {
        guard let plate = label.plate, let read else { return false }
        return RowOutcome.folded(plate.text) == RowOutcome.folded(read.plate.text)
    }

    /// O as 0 and I as 1: many plates cannot be told apart otherwise.
    private static func folded(_ text: String) -> String {
        String(text.map { $0 == "O" ? "0" : $0 == "I" ? "1" : $0 })
    }
}

/// What became of one labelled picture.
package struct PictureOutcome: Sendable {
    package let rows: [RowOutcome]
    /// Confidences of the reads that are taken for no label.
    package let falseConfidences: [Double]
    package let milliseconds: Double

    /// Takes reads for labels: by box where the label has one, else the surest read.
    ///
    /// A label that covers the whole picture is a close-up: it too gets the surest read. A read belongs to a box when
    /// its middle lies inside or the two share a tenth of their union; each read belongs to one label at most.
    package init(labels: [Label], reads: [PlateReading], milliseconds: Double) {
        self.milliseconds = milliseconds
        let bySureness = reads.indices.sorted { reads[$0].confidence > reads[$1].confidence }
        var taken: [Int: Int] = [:]
        var pairs: [(label: Int, read: Int, overlap: Double)] = []
        for (index, label) in labels.enumerated() {
            guard let box = label.box, !label.isCloseUp else { continue }
            for (number, read) in reads.enumerated() {
                let overlap = box.intersectionOverUnion(read.box)
                if overlap >= 0.1 || box.contains(read.box.middle) { pairs.append((index, number, overlap)) }
            }
        }
        for pair in pairs.sorted(by: { $0.overlap > $1.overlap })
        where taken[pair.label] == nil && !taken.values.contains(pair.read) {
            taken[pair.label] = pair.read
        }
        for (index, label) in labels.enumerated() where label.box == nil || label.isCloseUp {
            taken[index] = bySureness.first { !taken.values.contains($0) }
        }
        rows = labels.enumerated().map { index, label in
            let read = taken[index].map { reads[$0] }
            let found = label.box.map { box in read.map { box.intersectionOverUnion($0.box) >= 0.5 } ?? false }
            return RowOutcome(label: label, read: read, found: found)
        }
        falseConfidences = reads.indices.filter { !taken.values.contains($0) }.map { reads[$0].confidence }
    }
}

/// The figures for one set of labelled pictures.
package struct RecognitionScore: Sendable, Codable {
    package struct Bin: Sendable, Codable {
        package let from: Double
        package let to: Double
        package let reads: Int
        package let meanConfidence: Double
        package let exact: Double
    }

    package let set: String
    package let rows: Int
    package let pictures: Int
    /// Rows with a transcription; shares of exact reads are of these.
    package let transcribed: Int
    package let exact: Int
    package let exactFolded: Int
    /// Rows with a box, and how many of them were found with an intersection over union of at least 0.5.
    package let boxed: Int
    package let found: Int
    package let falseBoxesAPicture: Double
    /// Confidence from which a read counts, the false boxes a picture that reach it, and the rows whose exact read does.
    package let countsFrom: Double
    package let countedFalseBoxesAPicture: Double
    package let countedExact: Int
    package let millisecondsMedian: Double
    package let milliseconds95: Double
    /// Ten bins of confidence over the reads of transcribed rows.
    package let reliability: [Bin]
    /// Mean distance of confidence and share of right reads, weighted by bin.
    package let expectedCalibrationError: Double
    /// Share of transcribed rows whose read can be believed when the threshold is set so that 99 in 100 are right.
    package let coverageAt99: Double
    /// Both again with O as 0 and I as 1, as lists are matched.
    package let expectedCalibrationErrorFolded: Double
    package let coverageAt99Folded: Double

    package init(set: String, pictures: [PictureOutcome], countsFrom: Double) {
        let outcomes = pictures.flatMap(\.rows)
        let read = outcomes.filter { $0.label.plate != nil }
        let times = pictures.map(\.milliseconds).sorted()
        self.set = set
        self.pictures = pictures.count
        rows = outcomes.count
        transcribed = read.count
        exact = read.count { $0.isExact }
        exactFolded = read.count { $0.isExactFolded }
        boxed = outcomes.count { $0.found != nil }
        found = outcomes.count { $0.found == true }
        let strays = pictures.flatMap(\.falseConfidences)
        falseBoxesAPicture = Double(strays.count) / Double(max(pictures.count, 1))
        self.countsFrom = countsFrom
        countedFalseBoxesAPicture = Double(strays.count { $0 >= countsFrom }) / Double(max(pictures.count, 1))
        countedExact = read.count { row in row.isExact && row.read.map { $0.confidence >= countsFrom } == true }
        millisecondsMedian = RecognitionScore.percentile(times, 0.5)
        milliseconds95 = RecognitionScore.percentile(times, 0.95)
        let judged = read.compactMap { row in row.read.map { (confidence: $0.confidence, right: row.isExact) } }
        reliability = RecognitionScore.bins(judged)
        expectedCalibrationError = RecognitionScore.calibrationError(reliability)
        coverageAt99 = RecognitionScore.coverage(judged, of: read.count, precision: 0.99)
        let folded = read.compactMap { row in row.read.map { (confidence: $0.confidence, right: row.isExactFolded) } }
        expectedCalibrationErrorFolded = RecognitionScore.calibrationError(RecognitionScore.bins(folded))
        coverageAt99Folded = RecognitionScore.coverage(folded, of: read.count, precision: 0.99)
    }

    private static func calibrationError(_ bins: [Bin]) -> Double {
        let reads = bins.map(\.reads).reduce(0, +)
        return bins.reduce(0) {
            $0 + abs($1.meanConfidence - $1.exact) * Double($1.reads) / Double(max(reads, 1))
        }
    }

    /// Nearest rank.
    static func percentile(_ sorted: [Double], _ share: Double) -> Double {
        guard !sorted.isEmpty else { return 0 }
        return sorted[min(sorted.count - 1, max(0, Int((Double(sorted.count) * share).rounded(.up)) - 1))]
    }

    private static func bins(_ judged: [(confidence: Double, right: Bool)]) -> [Bin] {
        (0..<10).map { index in
            let inside = judged.filter { min(9, Int($0.confidence * 10)) == index }
            let count = Double(max(inside.count, 1))
            return Bin(
                from: Double(index) / 10,
                to: Double(index + 1) / 10,
                reads: inside.count,
                meanConfidence: inside.map(\.confidence).reduce(0, +) / count,
                exact: Double(inside.count { $0.right }) / count
            )
        }
    }

    /// The largest share of all rows that lie above some confidence with at least the precision asked for.
    static func coverage(_ judged: [(confidence: Double, right: Bool)], of rows: Int, precision: Double) -> Double {
        let sorted = judged.sorted { $0.confidence > $1.confidence }
        var right = 0
        var best = 0
        for (index, item) in sorted.enumerated() {
            if item.right { right += 1 }
            // A threshold cannot part reads of the same confidence.
            let last = index + 1 == sorted.count || sorted[index + 1].confidence < item.confidence
            if last, Double(right) >= precision * Double(index + 1) { best = index + 1 }
        }
        return Double(best) / Double(max(rows, 1))
    }
}

extension PixelBox {
    package var middle: PixelPoint { PixelPoint(x: x + width / 2, y: y + height / 2) }

    package func contains(_ point: PixelPoint) -> Bool {
        point.x >= x && point.x <= x + width && point.y >= y && point.y <= y + height
    }

    /// Shared area over the area that either covers; 0 for boxes without an area.
    package func intersectionOverUnion(_ other: PixelBox) -> Double {
        let across = min(x + width, other.x + other.width) - max(x, other.x)
        let down = min(y + height, other.y + other.height) - max(y, other.y)
        guard across > 0, down > 0 else { return 0 }
        let shared = across * down
        return shared / (width * height + other.width * other.height - shared)
    }
}
