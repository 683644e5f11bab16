// Messages for a person go to standard error, so that standard output holds results only.
internal import Foundation

enum StandardError {
    static func print(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }
}
