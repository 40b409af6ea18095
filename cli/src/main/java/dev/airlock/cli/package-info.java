/**
 * The {@code airlock} command: starts a whole system on one machine, and drives any system over
 * REST. Start with {@link dev.airlock.cli.Main}, which lists the commands; {@link
 * dev.airlock.cli.LocalSystem} is what {@code up} and {@code demo} start.
 */
@NullMarked
package dev.airlock.cli;

import org.jspecify.annotations.NullMarked;
