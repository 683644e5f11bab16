internal import AsyncHTTPClient
internal import CNcurses
enum B {}
