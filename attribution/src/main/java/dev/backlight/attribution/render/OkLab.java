package dev.backlight.attribution.render;

/**
 * A colour in Björn Ottosson's OKLab space: lightness {@code l} in 0..1 and two opponent axes, in which equal distances
 * look about equally large.
 *
 * <p>Source of the matrices: B. Ottosson, "A perceptual color space for image processing", 2020; of the transfer curve:
 * IEC 61966-2-1 (sRGB).
 */
record OkLab(double l, double a, double b) {

    /** From lightness, chroma and hue angle in degrees. */
    static OkLab ofLch(double l, double chroma, double hueDegrees) {
        double hue = Math.toRadians(hueDegrees);
        return new OkLab(l, chroma * Math.cos(hue), chroma * Math.sin(hue));
    }

    static OkLab ofRgb(int rgb) {
        double r = decode((rgb >> 16) & 0xFF);
        double g = decode((rgb >> 8) & 0xFF);
        double b = decode(rgb & 0xFF);
        double l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
        double m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
        double s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
        return new OkLab(
                0.2104542553 * l + 0.7936177850 * m - 0.0040720468 * s,
                1.9779984951 * l - 2.4285922050 * m + 0.4505937099 * s,
                0.0259040371 * l + 0.7827717662 * m - 0.8086757660 * s);
    }

    /** The nearest 24-bit sRGB colour of the same lightness and hue: chroma is reduced until the colour can be shown. */
    int toRgb() {
        double low = 0;
        double high = 1;
        if (!inGamut(linear(1))) {
            for (int step = 0; step < 24; step++) {
                double middle = (low + high) / 2;
                if (inGamut(linear(middle))) {
                    low = middle;
                } else {
                    high = middle;
                }
            }
            return encode(linear(low));
        }
        return encode(linear(1));
    }

    private double[] linear(double chromaScale) {
        double ca = a * chromaScale;
        double cb = b * chromaScale;
        double lms0 = cube(l + 0.3963377774 * ca + 0.2158037573 * cb);
        double lms1 = cube(l - 0.1055613458 * ca - 0.0638541728 * cb);
        double lms2 = cube(l - 0.0894841775 * ca - 1.2914855480 * cb);
        return new double[] {
            4.0767416621 * lms0 - 3.3077115913 * lms1 + 0.2309699292 * lms2,
            -1.2684380046 * lms0 + 2.6097574011 * lms1 - 0.3413193965 * lms2,
            -0.0041960863 * lms0 - 0.7034186147 * lms1 + 1.7076147010 * lms2
        };
    }

    private static boolean inGamut(double[] rgb) {
        // The matrices are rounded to ten digits, so white itself misses 1 by some 1e-8.
        double slack = 1e-6;
        for (double channel : rgb) {
            if (channel < -slack || channel > 1 + slack) {
                return false;
            }
        }
        return true;
    }

    private static int encode(double[] linear) {
        int rgb = 0;
        for (double channel : linear) {
            double c = Math.clamp(channel, 0, 1);
            double coded = c <= 0.0031308 ? 12.92 * c : 1.055 * Math.pow(c, 1 / 2.4) - 0.055;
            rgb = rgb << 8 | (int) Math.round(coded * 255);
        }
        return rgb;
    }

    private static double decode(int channel) {
        double c = channel / 255.0;
        return c <= 0.04045 ? c / 12.92 : Math.pow((c + 0.055) / 1.055, 2.4);
    }

    private static double cube(double x) {
        return x * x * x;
    }
}
