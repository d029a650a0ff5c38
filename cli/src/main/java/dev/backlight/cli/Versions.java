package dev.backlight.cli;

import picocli.CommandLine.IVersionProvider;

/** Says what is running. */
final class Versions implements IVersionProvider {
    /** The version in the jar's manifest; classes outside a jar have none. */
    static String program() {
        String version = Versions.class.getPackage().getImplementationVersion();
        return version == null ? "(unpackaged)" : version;
    }

    static String java() {
        return Runtime.version() + ", " + System.getProperty("java.vm.name");
    }

    static String system() {
        return System.getProperty("os.name") + " " + System.getProperty("os.version") + " "
                + System.getProperty("os.arch");
    }

    @Override
    public String[] getVersion() {
        return new String[] {"backlight " + program(), "Java " + java(), system()};
    }
}
