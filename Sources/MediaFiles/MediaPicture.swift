// One decoded picture of a file, a folder or a video, with the way back to its original bytes.
package import Imaging

package struct MediaPicture: Sendable {
    /// 0 for the first of its source.
    package let index: Int
    /// Presentation time in seconds from the source's start; 0 for a still.
    package let seconds: Double
    /// What people would call it: the file's path, for a video with `#` and the index.
    package let name: String
    package let grey: GreyImage
    /// The file was damaged but nearly all of the picture is there.
    package let damaged: Bool
    let origin: Origin

    /// Where colour and evidence come from; decoded only when asked for.
    enum Origin: Sendable {
        /// A still may say how it is to be turned; what is asked of it is turned already.
        case jpeg([UInt8], Orientation = .upright)
        case frame(VideoFrame)
    }

    /// A JPEG at full resolution: the original bytes where there are some (tables that Motion JPEG leaves out put in),
    /// else, as for a still that had to be turned, encoded with quality 92.
    /// - Throws: `ImagingError`, `MediaError`.
    package func jpeg() throws -> [UInt8] {
        switch origin {
        case .jpeg(let bytes, .upright): try JPEG.completed(bytes)
        case .jpeg, .frame: try JPEG.encode(try colour(), quality: 92)
        }
    }

    /// - Throws: `ImagingError`, `MediaError`.
    package func colour() throws -> ColourImage {
        switch origin {
        case .jpeg(let bytes, let orientation): try JPEG.decodeColour(bytes).image.upright(from: orientation)
        case .frame(let frame): try frame.colour()
        }
    }
}
