// Where on the street a vehicle stands, in the municipality's own words, and how sure that is.

/// A place as it goes with a read and onto a ticket. What is not sure is named, for the officer to confirm.
package struct PlaceAnswer: Hashable, Sendable, Codable {
    /// What the words rest on.
    package enum Basis: String, Hashable, Sendable, Codable {
        /// An address point of the municipality at that spot of the curb.
        case addressPoint
        /// Reckoned between neighbouring address points: the number may not exist.
        case interpolated
        /// Reckoned within the street's range of numbers: the number may not exist.
        case range
        /// No number is known there: the nearest intersection.
        case intersection
        /// A street without numbers or intersections.
        case street
    }

    /// What the officer is asked to confirm.
    package enum Doubt: String, Hashable, Sendable, Codable, CaseIterable { case street, side, block, number }

    package let basis: Basis
    /// "14", "14A"; nil where none is known.
    package let number: String?
    package let street: String
    /// Streets that cross at the nearer end of the block; nil: not known, or a dead end.
    package let crossing: String?
    /// Streets at the two ends of the block, in the direction of its line; nil: a dead end.
    package let blockStart: String?
    package let blockEnd: String?
    /// Side of the street that the vehicle stands on.
    package let side: CompassSide
    /// Zone of the imported map around the spot, if any.
    package let zone: String?
    /// Probability (0 ... 1) that number and street are these.
    package let sureness: Double
    /// Probability that street and side of the block are these.
    package let faceSureness: Double
    /// The next best, in words, with its probability; nil: none worth telling.
    package let runnerUp: RunnerUp?
    /// Empty: nothing needs to be confirmed.
    package let toConfirm: [Doubt]

    package struct RunnerUp: Hashable, Sendable, Codable {
        package let text: String
        package let sureness: Double

        package init(text: String, sureness: Double) {
            self.text = text
            self.sureness = sureness
        }
    }

    package init(
        basis: Basis,
        number: String?,
        street: String,
        crossing: String?,
        blockStart: String?,
        blockEnd: String?,
        side: CompassSide,
        zone: String?,
        sureness: Double,
        faceSureness: Double,
        runnerUp: RunnerUp?,
        toConfirm: [Doubt]
    ) {
        self.basis = basis
        self.number = number
        self.street = street
        self.crossing = crossing
        self.blockStart = blockStart
        self.blockEnd = blockEnd
        self.side = side
        self.zone = zone
        self.sureness = sureness
        self.faceSureness = faceSureness
        self.runnerUp = runnerUp
        self.toConfirm = toConfirm
    }

    /// Whether the place may stand on a ticket without a mark.
    package var isSure: Bool { toConfirm.isEmpty }

    /// "14 Mill Street", "near Mill Street at King Street".
    package var text: LocalizedText {
        if let number {
            let address = "\(number) \(street)"
            return LocalizedText(en: address, fr: address)
        }
        guard let crossing else { return LocalizedText(en: "on \(street)", fr: "sur \(street)") }
        return LocalizedText(en: "near \(street) at \(crossing)", fr: "pr\u{E8}s de \(street) et de \(crossing)")
    }

    /// "north side of Mill Street between King Street and a dead end".
    package var block: LocalizedText {
        func ends(_ between: String, _ and: String, _ deadEnd: String) -> String {
            guard blockStart != nil || blockEnd != nil else { return "" }
            return ", \(between) \(blockStart ?? deadEnd) \(and) \(blockEnd ?? deadEnd)"
        }
        return LocalizedText(
            en: "\(side.name.en) side of \(street)" + ends("between", "and", "a dead end"),
            fr: "c\u{F4}t\u{E9} \(side.name.fr) de \(street)" + ends("entre", "et", "une impasse")
        )
    }
}

/// Which side of a street, as people say it.
package enum CompassSide: String, Hashable, Sendable, Codable, CaseIterable {
    case north, northeast, east, southeast, south, southwest, west, northwest

    /// - Parameter bearingDegrees: from the street towards its side, clockwise from north; any finite number.
    package init(bearingDegrees: Double) {
        let turned = (bearingDegrees / 45).rounded().truncatingRemainder(dividingBy: 8)
        let index = turned.isFinite ? (Int(turned) + 8) % 8 : 0
        self = CompassSide.allCases[index]
    }

    package var name: LocalizedText {
        switch self {
        case .north: LocalizedText(en: "north", fr: "nord")
        case .northeast: LocalizedText(en: "northeast", fr: "nord-est")
        case .east: LocalizedText(en: "east", fr: "est")
        case .southeast: LocalizedText(en: "southeast", fr: "sud-est")
        case .south: LocalizedText(en: "south", fr: "sud")
        case .southwest: LocalizedText(en: "southwest", fr: "sud-ouest")
        case .west: LocalizedText(en: "west", fr: "ouest")
        case .northwest: LocalizedText(en: "northwest", fr: "nord-ouest")
        }
    }
}
