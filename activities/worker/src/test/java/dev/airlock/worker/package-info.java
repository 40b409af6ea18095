/** How a worker loads and calls code that is not its own. */
@NullMarked
package dev.airlock.worker;

import org.jspecify.annotations.NullMarked;
