internal import GRDB
internal import Hummingbird
internal import Mustache
internal import Crypto
enum B {}
