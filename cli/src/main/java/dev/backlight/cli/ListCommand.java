package dev.backlight.cli;

import dev.backlight.cli.console.TextTable;
import dev.backlight.engine.backend.BackendProvider;
import dev.backlight.engine.backend.Backends;
import dev.backlight.models.data.Preprocessing;
import dev.backlight.models.vision.Zoo;
import java.io.PrintWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;

/** {@code backlight list}: what can be asked for by name. */
@Command(
        name = "list",
        mixinStandardHelpOptions = true,
        versionProvider = Versions.class,
        description = "Lists methods, networks, presets and devices.")
final class ListCommand implements Runnable {
    @ParentCommand
    private Backlight parent;

    @Override
    public void run() {
        PrintWriter out = parent.session().out();
        TextTable methods = new TextTable("ll");
        MethodOptions.allNames().forEach(name -> methods.row(name, MethodOptions.title(name)));
        section(out, "Methods (--method)", methods);
        TextTable networks = new TextTable("ll");
        Zoo.all().forEach((name, entry) -> networks.row(name, entry.inputSize() + "×" + entry.inputSize()));
        section(out, "Networks (--model with --weights, or train --network)", networks);
        TextTable presets = new TextTable("ll");
        Preprocessing.presetNames()
                .forEach(name -> presets.row(name, PreprocessingOptions.describe(Preprocessing.preset(name))));
        section(out, "Presets (--preset)", presets);
        TextTable devices = new TextTable("ll");
        for (BackendProvider provider : Backends.providers()) {
            devices.row(provider.name(), provider.unavailable().orElse("available"));
        }
        section(out, "Devices (--device), the preferred one first", devices);
    }

    private static void section(PrintWriter out, String title, TextTable table) {
        out.println(title);
        out.println(table.toString().indent(2));
    }
}
