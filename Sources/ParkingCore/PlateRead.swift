// What plate recognition hands on: values only, no pixels.
package import struct Foundation.Date

/// A point in a picture, in pixels from the top left corner of the top left pixel.
package struct PixelPoint: Hashable, Sendable, Codable {
    package var x: Double
    package var y: Double
    package init(x: Double, y: Double) {
        self.x = x
        self.y = y
    }
}

/// An upright rectangle in a picture, in pixels.
package struct PixelBox: Hashable, Sendable, Codable {
    package var x: Double
    package var y: Double
    package var width: Double
    package var height: Double
    package init(x: Double, y: Double, width: Double, height: Double) {
        self.x = x
        self.y = y
        self.width = width
        self.height = height
    }
}

/// One character of a read with its probability (0 to 1, given all others).
package struct CharacterReading: Hashable, Sendable, Codable {
    package let character: String
    package let probability: Double
    package init(character: String, probability: Double) {
        self.character = character
        self.probability = probability
    }
}

/// Another text that the same pixels could be; its probability and that of the read sum to at most 1.
package struct PlateAlternate: Hashable, Sendable, Codable {
    package let plate: String
    package let probability: Double
    package init(plate: String, probability: Double) {
        self.plate = plate
        self.probability = probability
    }
}

/// The text of one plate in one picture, or of one pass of a car fused from several pictures.
package struct PlateReading: Hashable, Sendable, Codable {
    /// As read: A to Z and 0 to 9, never empty.
    package let plate: Plate
    /// Calibrated: of reads with 0.97, 97 in 100 are right.
    package let confidence: Double
    package let characters: [CharacterReading]
    package let alternates: [PlateAlternate]
    package let box: PixelBox
    /// Top left, top right, bottom right, bottom left, as the plate lies.
    package let corners: [PixelPoint]

    /// Confidence from which a read counts as sure: more frames are not waited for, another sure text is another car. A
    /// ticket asks for more (`JudgementPolicy.ticketConfidence`).
    package static let sureConfidence = 0.91

    package init(
        plate: Plate,
        confidence: Double,
        characters: [CharacterReading],
        alternates: [PlateAlternate],
        box: PixelBox,
        corners: [PixelPoint]
    ) {
        self.plate = plate
        self.confidence = confidence
        self.characters = characters
        self.alternates = alternates
        self.box = box
        self.corners = corners
    }
}

/// One pass of one car before one camera: the read that is logged, matched and, perhaps, ticketed.
package struct PlateRead: Hashable, Sendable, Codable, Identifiable {
    package let id: UUIDv7
    package let camera: CameraID
    /// Wall time of the best frame.
    package let time: Date
    /// Number of frames that were fused.
    package let frames: Int
    package let reading: PlateReading
    /// nil: not sure enough to be proposed.
    package let colour: ColourProposal?

    package init(
        id: UUIDv7,
        camera: CameraID,
        time: Date,
        frames: Int,
        reading: PlateReading,
        colour: ColourProposal? = nil
    ) {
        self.id = id
        self.camera = camera
        self.time = time
        self.frames = frames
        self.reading = reading
        self.colour = colour
    }
}
