/**
 * The whole system as its users meet it: the real processes of {@code dist/}, a real browser, real
 * kills; and the walls between the modules. Start with {@link dev.airlock.system.RunningSystem},
 * which every test of the running system uses, and {@link dev.airlock.system.ArchitectureTest}.
 */
@NullMarked
package dev.airlock.system;

import org.jspecify.annotations.NullMarked;
