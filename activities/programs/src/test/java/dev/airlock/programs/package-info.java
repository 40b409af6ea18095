/** Real processes, a real server, a real database. */
@NullMarked
package dev.airlock.programs;

import org.jspecify.annotations.NullMarked;
