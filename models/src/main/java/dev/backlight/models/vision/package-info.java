/**
 * Classifiers after their papers, with the parameter names and layouts that torchvision and akamaster's CIFAR networks use,
 * so that weights made elsewhere load by name: ResNet, VGG, DenseNet; and what a network consists of, layer by layer.
 */
@NullMarked
package dev.backlight.models.vision;

import org.jspecify.annotations.NullMarked;
