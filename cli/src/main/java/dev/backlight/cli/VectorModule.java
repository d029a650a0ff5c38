package dev.backlight.cli;

import java.lang.reflect.InvocationTargetException;

/**
 * Makes the Vector API reachable without {@code --add-modules}. See {@code docs/adr/0001-start-up-of-the-launcher.md}:
 * a module named on the command line makes the JVM warn on every start and give up its archived module graph.
 */
final class VectorModule {
    private static final String NAME = "jdk.incubator.vector";

    private VectorModule() {}

    /**
     * Loads the module unless the JVM started with it. Where that is impossible (another JVM, or one started without
     * {@code --add-exports java.base/jdk.internal.module=ALL-UNNAMED}) nothing happens, and the vector backend says
     * itself that it is not available.
     */
    static void ensureLoaded() {
        if (ModuleLayer.boot().findModule(NAME).isPresent()) {
            return;
        }
        try {
            Class.forName("jdk.internal.module.Modules")
                    .getMethod("loadModule", String.class)
                    .invoke(null, NAME);
        } catch (ReflectiveOperationException e) {
            Throwable cause = e instanceof InvocationTargetException ? e.getCause() : e;
            System.getLogger(VectorModule.class.getName())
                    .log(System.Logger.Level.DEBUG, "The module {0} could not be loaded: {1}", NAME, cause);
        }
    }
}
