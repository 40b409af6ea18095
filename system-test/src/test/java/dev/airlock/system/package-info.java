/**
 * The whole system as its users meet it: the real processes of {@code dist/}, a real browser, real
 * kills; and the walls between the modules. Start with {@link dev.airlock.system.RunningSystem},
 * which every test of the running system uses, and {@link dev.airlock.system.ArchitectureTest}.
 *
 * <p>Tests tagged {@code waits} spend most of their time on Temporal's timeouts or on processes of
 * their own; they run in two JVMs, each with a system of its own. The others look at how soon
 * something happens, and have the machine to themselves.
 */
@NullMarked
package dev.airlock.system;

import org.jspecify.annotations.NullMarked;
