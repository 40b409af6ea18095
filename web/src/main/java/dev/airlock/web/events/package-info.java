/** Changes of runs as server-sent events. Start with {@link dev.airlock.web.events.RunEvents}. */
@NullMarked
package dev.airlock.web.events;

import org.jspecify.annotations.NullMarked;
