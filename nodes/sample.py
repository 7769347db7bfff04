"""A picture to try things on, without any file."""

from __future__ import annotations

from comfy_api.latest import io

from ..prompt_edit.evaluate.drawn.demo import scene_images
from .schema import schema

SCENES = ["red dress", "purple pants", "black hair", "by seed"]


class PaperDollScene(io.ComfyNode):
    """Draws a scene that the sample models know."""

    @classmethod
    def define_schema(cls) -> io.Schema:
        return schema(
            node_id="PromptEditPaperDoll",
            display_name="Paper Doll Scene",
            description="Draws a picture of the world that the sample models know, so that a graph"
            " can be tried without a download. Put Load Image in its place for your own.",
            search_aliases=["sample image", "example picture", "demo", "test image"],
            inputs=[
                io.Combo.Input("scene", options=SCENES, default=SCENES[0],
                               tooltip="A scene of the paper's figures, or any, by its seed."),
                io.Int.Input("scene_seed", default=900000, min=900000, max=999999,
                             tooltip="Which scene, where it is chosen by seed; 900000 and above"
                             " are scenes that no model was trained on."),
                io.Int.Input("batch", default=1, min=1, max=64,
                             tooltip="How many: seeds that follow each other, or a named"
                             " scene again."),
            ],
            outputs=[io.Image.Output("image", display_name="image", tooltip="256 x 256 pixels.")],
        )  # fmt: skip

    @classmethod
    def execute(cls, scene: str, scene_seed: int, batch: int) -> io.NodeOutput:
        number = SCENES.index(scene)
        return io.NodeOutput(
            scene_images(None if scene == SCENES[-1] else number, scene_seed, batch)
        )


NODES = [PaperDollScene]
