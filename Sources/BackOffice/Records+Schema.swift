// The schema of the records, as migrations that are only ever added to.
internal import GRDB

extension Records {
    /// "CPBO": tells this file from any other SQLite database.
    static let applicationID = 0x4350_424F

    static func migrations() -> DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1 lists, facts, photos, numbers") { database in
            try database.execute(sql: "PRAGMA application_id = \(applicationID)")
            try database.execute(sql: lists)
            try database.execute(sql: facts)
            try database.execute(sql: photosAndNumbers)
        }
        return migrator
    }

    /// Each record stands once, under the number of its last change; a removed one stays as its removal.
    private static let lists = """
        CREATE TABLE list_record (
            change INTEGER PRIMARY KEY CHECK (change > 0),
            feed TEXT NOT NULL CHECK (feed IN ('permits', 'sessions', 'exemptions', 'scofflaws', 'watchlist')),
            key TEXT NOT NULL CHECK (length(key) BETWEEN 1 AND 200),
            record TEXT CHECK (record IS NULL OR json_valid(record)),
            UNIQUE (feed, key)
        ) STRICT;
        CREATE TABLE counter (name TEXT PRIMARY KEY, value INTEGER NOT NULL CHECK (value >= 0)) STRICT;
        INSERT INTO counter VALUES ('change', 0);
        """

    /// `fact` is what vehicles said, word for word; the other tables are what pages look facts up by.
    private static let facts = """
        CREATE TABLE fact (
            vehicle TEXT NOT NULL CHECK (length(vehicle) BETWEEN 1 AND 64),
            sequence INTEGER NOT NULL CHECK (sequence > 0),
            id TEXT NOT NULL UNIQUE CHECK (length(id) = 36),
            kind TEXT NOT NULL CHECK (kind IN ('read', 'decision', 'ticket')),
            recorded_at TEXT NOT NULL,
            received_at TEXT NOT NULL,
            content TEXT NOT NULL CHECK (json_valid(content)),
            PRIMARY KEY (vehicle, sequence)
        ) STRICT;
        CREATE TABLE plate_read (
            id TEXT PRIMARY KEY CHECK (length(id) = 36),
            vehicle TEXT NOT NULL,
            sequence INTEGER NOT NULL,
            time TEXT NOT NULL,
            answer TEXT NOT NULL CHECK (answer IN ('clear', 'alert', 'secondLook')),
            FOREIGN KEY (vehicle, sequence) REFERENCES fact
        ) STRICT;
        CREATE INDEX plate_read_by_time ON plate_read (time, id);
        CREATE INDEX plate_read_by_answer ON plate_read (answer, time, id);
        CREATE TABLE decision (
            vehicle TEXT NOT NULL,
            sequence INTEGER NOT NULL,
            read TEXT NOT NULL,
            PRIMARY KEY (vehicle, sequence),
            FOREIGN KEY (vehicle, sequence) REFERENCES fact
        ) STRICT;
        CREATE INDEX decision_by_read ON decision (read);
        CREATE TABLE ticket (
            id TEXT PRIMARY KEY CHECK (length(id) = 36),
            number TEXT NOT NULL CHECK (length(number) = 8),
            read TEXT NOT NULL,
            vehicle TEXT NOT NULL,
            sequence INTEGER NOT NULL,
            issued_at TEXT NOT NULL,
            FOREIGN KEY (vehicle, sequence) REFERENCES fact
        ) STRICT;
        CREATE INDEX ticket_by_number ON ticket (number);
        CREATE INDEX ticket_by_time ON ticket (issued_at, id);
        CREATE INDEX ticket_by_read ON ticket (read);
        """

    private static let photosAndNumbers = """
        CREATE TABLE photo (
            sha256 TEXT PRIMARY KEY CHECK (length(sha256) = 64),
            bytes INTEGER NOT NULL CHECK (bytes > 0),
            vehicle TEXT NOT NULL,
            stored_at TEXT
        ) STRICT;
        CREATE INDEX photo_missing ON photo (vehicle) WHERE stored_at IS NULL;
        CREATE TABLE number_block (
            request TEXT PRIMARY KEY CHECK (length(request) = 36),
            vehicle TEXT NOT NULL,
            first INTEGER NOT NULL UNIQUE CHECK (first > 0),
            last INTEGER NOT NULL UNIQUE CHECK (last >= first AND last <= 9999999),
            leased_at TEXT NOT NULL
        ) STRICT;
        """
}
