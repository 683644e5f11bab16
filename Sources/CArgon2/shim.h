#pragma once
// Argon2 (RFC 9106): turns an officer's PIN into what is kept of it.
#include <argon2.h>
