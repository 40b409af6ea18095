/** Who follows, and how far. Start with {@link dev.airlock.web.events.FeedTest}. */
@NullMarked
package dev.airlock.web.events;

import org.jspecify.annotations.NullMarked;
