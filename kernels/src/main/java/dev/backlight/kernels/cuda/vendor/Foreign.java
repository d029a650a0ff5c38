package dev.backlight.kernels.cuda.vendor;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.File;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;

/** A shared library, opened for the life of the program. */
@SuppressWarnings("restricted") // calling foreign functions is what this class is for
final class Foreign {
    /** Folders to look into before those of the system's loader, as in {@code PATH}. */
    private static final String FOLDERS = "backlight.cuda.libraries";

    private final String name;
    private final SymbolLookup symbols;

    /** @throws VendorException when it cannot be loaded */
    Foreign(String name) {
        this.name = name;
        this.symbols = open(name);
    }

    private static SymbolLookup open(String name) {
        try {
            for (String folder : System.getProperty(FOLDERS, "").split(File.pathSeparator)) {
                Path file = Path.of(folder, name);
                if (!folder.isEmpty() && Files.exists(file)) {
                    return SymbolLookup.libraryLookup(file.toAbsolutePath(), Arena.global());
                }
            }
            return SymbolLookup.libraryLookup(name, Arena.global());
        } catch (IllegalArgumentException e) {
            throw new VendorException(name + " cannot be loaded", e);
        }
    }

    /** A function that returns a status. */
    MethodHandle function(String function, MemoryLayout... arguments) {
        return function(function, FunctionDescriptor.of(JAVA_INT, arguments));
    }

    MethodHandle function(String function, FunctionDescriptor descriptor) {
        return symbols.find(function)
                .map(address -> Linker.nativeLinker().downcallHandle(address, descriptor))
                .orElseThrow(() -> new VendorException(name + " has no function " + function));
    }

    /** Calls a function that returns a status, which must be 0. */
    static void call(String what, MethodHandle function, Object... arguments) {
        VendorException.check(status(function, arguments), what);
    }

    static int status(MethodHandle function, Object... arguments) {
        return (int) invoke(function, arguments);
    }

    static Object invoke(MethodHandle function, Object... arguments) {
        try {
            return function.invokeWithArguments(arguments);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }
}
