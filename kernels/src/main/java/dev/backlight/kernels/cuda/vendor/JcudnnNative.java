package dev.backlight.kernels.cuda.vendor;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import jcuda.JCudaVersion;
import jcuda.LibUtils;
import jcuda.jcudnn.JCudnn;

/**
 * JCudnn's native half. JCudnn asks for the one of JCuda's version, but the newest that was published has an older number:
 * {@code JCudnn-12.6.0} is looked for where only {@code JCudnn-11.7.0} is. JCuda unpacks a library unless it is there already,
 * so it is put there beforehand, under the name that is looked for.
 */
final class JcudnnNative {
    private static final String PUBLISHED = "11.7.0";

    private JcudnnNative() {}

    /**
     * Puts it into the folder for temporary files, which must be one of this program's own by now.
     *
     * @throws VendorException when it is missing or cannot be written
     */
    static void unpack() {
        Path place = Path.of(System.getProperty("java.io.tmpdir"), file(JCudaVersion.get()));
        if (Files.exists(place)) {
            return;
        }
        String resource = "/lib/" + file(PUBLISHED);
        try (InputStream in = JCudnn.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new VendorException("JCudnn's native half " + resource + " is not on the class path");
            }
            Files.copy(in, place);
        } catch (IOException e) {
            throw new VendorException("JCudnn's native half cannot be unpacked to " + place, e);
        }
    }

    private static String file(String version) {
        return LibUtils.createLibraryFileName(LibUtils.createPlatformLibraryName("JCudnn-" + version));
    }
}
