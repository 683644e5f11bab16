// The module's one error type.

package struct PositioningError: Error, CustomStringConvertible {
    package let message: String
    package var description: String { message }
}
