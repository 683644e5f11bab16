// The vehicle's colour as seen by a camera: a proposal for the officer, never a fact.

/// The colours that tickets name. Shades that people call differently share one, as on the officers' own forms.
package enum VehicleColour: String, Hashable, Sendable, Codable, CaseIterable {
    case white, grey, black, blue, red, green, brown, yellow, orange

    /// As it stands on a ticket.
    package var name: LocalizedText {
        switch self {
        case .white: LocalizedText(en: "white", fr: "blanc")
        case .grey: LocalizedText(en: "silver/grey", fr: "argent/gris")
        case .black: LocalizedText(en: "black", fr: "noir")
        case .blue: LocalizedText(en: "blue", fr: "bleu")
        case .red: LocalizedText(en: "red", fr: "rouge")
        case .green: LocalizedText(en: "green", fr: "vert")
        case .brown: LocalizedText(en: "brown/beige", fr: "brun/beige")
        case .yellow: LocalizedText(en: "yellow/gold", fr: "jaune/or")
        case .orange: LocalizedText(en: "orange", fr: "orange")
        }
    }
}

/// A colour that is likely enough to be offered to the officer.
package struct ColourProposal: Hashable, Sendable, Codable {
    package let colour: VehicleColour
    /// Calibrated: of proposals with 0.9, 90 in 100 are right.
    package let confidence: Double

    package init(colour: VehicleColour, confidence: Double) {
        self.colour = colour
        self.confidence = confidence
    }
}
