package dev.backlight.kernels.cuda;

/**
 * What NVIDIA's libraries can do in place of Backlight's own kernels, in F32 or TF32 as the launcher's precision says, on the
 * launcher's stream, with equal bits for equal inputs. Each call says whether it has done the work; where it has not, because
 * the library is absent, is not to be used or does not know the case, the caller launches its own kernel.
 */
interface Vendor {
    /** No libraries: the own kernels do everything. */
    Vendor NONE = new Vendor() {
        @Override
        public boolean product(VendorProduct product) {
            return false;
        }

        @Override
        public boolean convolution(VendorConvolution shape, long x, long w, long y) {
            return false;
        }

        @Override
        public boolean inputGradient(VendorConvolution shape, long u, long w, long x) {
            return false;
        }

        @Override
        public boolean weightGradient(VendorConvolution shape, long x, long u, long w) {
            return false;
        }
    };

    boolean product(VendorProduct product);

    /** Writes y; a bias is the caller's to add. Arrays are given by the addresses of their first elements. */
    boolean convolution(VendorConvolution shape, long x, long w, long y);

    /** From u, of y's shape, and w: writes x. */
    boolean inputGradient(VendorConvolution shape, long u, long w, long x);

    /** From x and u, of y's shape: writes w. */
    boolean weightGradient(VendorConvolution shape, long x, long u, long w);
}
