// The two languages that tickets, the console and the residents' pages speak.

package enum Language: String, Hashable, Sendable, Codable, CaseIterable {
    case en, fr
}

extension LocalizedText {
    package subscript(language: Language) -> String {
        switch language {
        case .en: en
        case .fr: fr
        }
    }
}
