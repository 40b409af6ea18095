/** Tests of who is let in, by a clock of their own. */
@NullMarked
package dev.airlock.web.session;

import org.jspecify.annotations.NullMarked;
