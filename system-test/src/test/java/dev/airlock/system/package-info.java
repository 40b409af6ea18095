/**
 * The whole system as its users meet it: the real processes of {@code dist/}, a real browser, real
 * kills; and the walls between the modules. Start with {@link dev.airlock.system.RunningSystem},
 * which every test of the running system uses, and {@link dev.airlock.system.ArchitectureTest}.
 *
 * <p>Tests tagged {@code waits} spend most of their time on timeouts or on processes of their own;
 * they run in two JVMs, each with a system of its own. The others keep a browser or the system
 * busy, or look at how soon something happens: one after the other, on one system, they are done
 * sooner than two at a time.
 */
@NullMarked
package dev.airlock.system;

import org.jspecify.annotations.NullMarked;
